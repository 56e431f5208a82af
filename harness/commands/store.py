"""``harness store info | verify | prune``: the scores that are kept so that none is computed twice.

``info`` counts what is kept, one row per metric; ``verify`` reads every file, names those whose
checksum does not hold and then ends with exit code 1; ``prune`` deletes files: those that are not
whole, and those of one metric or not written for so many days; and it puts files of segments
together.
"""

from __future__ import annotations

import argparse

from harness.commands.options import act, add_actions
from harness.commands.output import print_json, print_lines, print_table
from harness.scoring.store import open_store

__all__ = ["arguments", "execute"]

KEPT = "every score that was not deleted is whole"
DONE, DAMAGED = 0, 1

execute = act


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = {
        "info": (_info, "what is kept, one row per metric"),
        "verify": (_verify, "read every file and check it"),
        "prune": (_prune, "delete what is damaged, old, or of one metric"),
    }
    parsers = add_actions(parser, actions)
    for own in parsers.values():
        own.add_argument("--cache", metavar="DIR", help="the cache whose scores are meant")
    prune = parsers["prune"]
    prune.add_argument("--days", type=float, help="not written for so many days")
    prune.add_argument("--metric", help="of the metric with this name")
    prune.add_argument("--all", action="store_true", help="everything")


def _info(options: argparse.Namespace) -> int:
    store = open_store(options.cache)
    kept = store.by_metric()
    if options.json:
        print_json({"folder": str(store.folder), "metrics": kept})
    elif not kept:
        print_lines(f"no scores are kept in {store.folder}")
    else:
        heads = ("metric", "signature", "files", "kB", "CPU seconds saved a run", "test sets")
        rows = [
            (
                *(row[key] for key in ("metric", "signature", "files")),
                f"{row['bytes'] / 1000:.0f}",
                row["cpu_seconds"],
                ", ".join(row["test_sets"]),
            )
            for row in kept
        ]
        print_table(heads, rows, title=str(store.folder))
    return DONE


def _verify(options: argparse.Namespace) -> int:
    entries = list(open_store(options.cache).entries(check=True))
    damaged = [str(entry.path) for entry in entries if not entry.whole]
    if options.json:
        print_json({"files": len(entries), "damaged": damaged})
    else:
        print_lines(*(f"damaged: {path}" for path in damaged))
        print_lines(f"{len(entries)} files, {len(damaged)} damaged")
        if damaged:
            print_lines("they count as absent; harness store prune deletes them")
    return DAMAGED if damaged else DONE


def _prune(options: argparse.Namespace) -> int:
    store = open_store(options.cache)
    removed, size = store.prune(options.days, options.metric, everything=options.all)
    if options.json:
        print_json({"removed": removed, "bytes": size})
    else:
        print_lines(f"{removed} files deleted, {size / 1e6:.1f} MB")
    return DONE
