"""``harness store info | verify | prune``: the scores that are kept so that none is computed twice.

``info`` counts what is kept, a row a metric; ``verify`` reads every file, names those whose
checksum does not hold and then ends with exit code 1; ``prune`` deletes files: those that are not
whole, and those of one metric or not written for so many days; and it puts files of segments
together.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

from rich.table import Table
from rich.text import Text

from harness.commands.terminal import Terminal
from harness.errors import InputError, visible
from harness.scoring.store import Entry, ScoreStore
from harness.test_sets.downloads import cache_folder

__all__ = ["arguments", "execute"]

KEPT = "every score that was not deleted is whole"
DONE, DAMAGED = 0, 1
_DAY = 86_400.0


def execute(options: argparse.Namespace) -> int:
    action: Callable[[ScoreStore, argparse.Namespace], int] = options.action
    return action(_store(options.cache), options)


def _store(cache: str | None) -> ScoreStore:
    """The store of a cache; one that is not there yet is empty."""
    folder = cache_folder(cache)
    for path in (folder, folder / "scores"):
        if path.exists() and not path.is_dir():
            raise InputError(
                "the cache is no folder",
                file=path,
                found="a file",
                remedy="name another: --cache DIR, or HARNESS_CACHE",
            )
    return ScoreStore(folder / "scores")


def arguments(parser: argparse.ArgumentParser) -> None:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="write JSON, for programs")
    shared.add_argument("--cache", metavar="DIR", help="the cache whose scores are meant")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, action, text in (
        ("info", _info, "what is kept, a row a metric"),
        ("verify", _verify, "read every file and check it"),
        ("prune", _prune, "delete what is not whole, old, or of one metric"),
    ):
        command = commands.add_parser(
            name, parents=[shared], help=text, description=text, allow_abbrev=False
        )
        command.set_defaults(action=action)
        if name == "prune":
            command.add_argument("--days", type=float, help="not written for so many days")
            command.add_argument("--metric", help="of the metric with this name")
            command.add_argument("--all", action="store_true", help="everything")


def _info(store: ScoreStore, options: argparse.Namespace) -> int:
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in store.entries():
        about = entry.about
        name = (str(about.get("metric", "not readable")), str(about.get("signature", "")))
        groups.setdefault(name, []).append(entry)
    rows = [
        {
            "metric": metric,
            "signature": signature,
            "files": len(entries),
            "bytes": sum(e.bytes for e in entries),
            "cpu_seconds": round(sum(float(e.about.get("seconds", 0.0)) for e in entries), 3),
            "test_sets": sorted({str(e.about.get("test_set", "")) for e in entries}),
        }
        for (metric, signature), entries in sorted(groups.items())
    ]
    if options.json:
        _print({"folder": str(store.folder), "metrics": rows})
        return DONE
    if not rows:
        print(f"no scores are kept in {visible(str(store.folder))}")  # noqa: T201
        return DONE
    grid = Table(title=f"{visible(str(store.folder))}", title_justify="left")
    for head in ("metric", "signature", "files", "kB", "CPU seconds saved a run", "test sets"):
        grid.add_column(head)
    for row in rows:
        grid.add_row(
            *(
                Text(visible(str(cell)))
                for cell in (
                    row["metric"],
                    row["signature"],
                    row["files"],
                    f"{row['bytes'] / 1000:.0f}",  # type: ignore[operator]
                    row["cpu_seconds"],
                    ", ".join(row["test_sets"]),  # type: ignore[arg-type]
                )
            )
        )
    Terminal().print(grid)
    return DONE


def _verify(store: ScoreStore, options: argparse.Namespace) -> int:
    entries = list(store.entries(check=True))
    damaged = [entry for entry in entries if not entry.whole]
    if options.json:
        _print({"files": len(entries), "damaged": [str(entry.path) for entry in damaged]})
    else:
        for entry in damaged:
            Terminal().print(Text(f"not whole: {visible(str(entry.path))}"))
        Terminal().print(f"{len(entries)} files, {len(damaged)} not whole")
        if damaged:
            Terminal().print("they count as absent; harness store prune deletes them")
    return DAMAGED if damaged else DONE


def _prune(store: ScoreStore, options: argparse.Namespace) -> int:
    before = None if options.days is None else time.time() - options.days * _DAY
    chosen = []
    for entry in store.entries(check=True):
        selected = options.days is not None or options.metric is not None
        old = before is None or entry.changed < before
        named = options.metric is None or entry.about.get("metric") == options.metric
        if options.all or not entry.whole or (selected and old and named):
            chosen.append(entry)
    removed = store.remove(chosen)
    store.put_together()
    if options.json:
        _print({"removed": removed, "bytes": sum(entry.bytes for entry in chosen)})
    else:
        Terminal().print(f"{removed} files deleted, {sum(e.bytes for e in chosen) / 1e6:.1f} MB")
    return DONE


def _print(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))  # noqa: T201
