"""``harness datasets list | show NAME | fetch NAME | check NAME``: test sets by name.

NAME is a test set that comes with harness, or the path of a card.yaml. ``check`` ends with exit
code 1 where it found a problem that the card does not explain.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.commands.terminal import Terminal
from harness.errors import visible
from harness.test_sets.cards import Card, card_names, find_card, load_card
from harness.test_sets.doctor import check, unexplained
from harness.test_sets.doctor.base import number
from harness.test_sets.downloads import fetch, local_copy
from harness.test_sets.named import read_test_set

__all__ = ["arguments", "execute"]

KEPT = "files that were fetched whole are kept"
DONE, PROBLEM = 0, 1
_STYLES = {"ok": "green", "note": "yellow", "explained": "yellow", "problem": "bold red"}


def execute(options: argparse.Namespace) -> int:
    action: Callable[[argparse.Namespace, Console], int] = options.action
    return action(options, Terminal())


def arguments(parser: argparse.ArgumentParser) -> None:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="write JSON, for programs")
    places = argparse.ArgumentParser(add_help=False)
    places.add_argument("name", metavar="NAME", help="a test set's name, or a card.yaml")
    places.add_argument("--mirror", metavar="DIR", help="a folder laid out by URL, used first")
    places.add_argument("--cache", metavar="DIR", help="where downloads are kept")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, action, parents, text in (
        ("list", _list, [shared], "all test sets, one a row"),
        ("show", _show, [shared, places], "what a card says, and where its files are"),
        ("fetch", _fetch, [shared, places], "get the files, if they are not here"),
        ("check", _check, [shared, places], "look for faults in the texts and ratings"),
    ):
        command = commands.add_parser(
            name, parents=parents, help=text, description=text, allow_abbrev=False
        )
        command.set_defaults(action=action)


def _list(options: argparse.Namespace, console: Console) -> int:
    cards = [load_card(find_card(name)) for name in card_names()]
    if options.json:
        return _json([_summary(card) for card in cards])
    table = _table("Name", "Title", "Pair", "Year")
    for name in ("Segments", "Systems", "Rated", "To fetch"):
        table.add_column(name, justify="right")
    table.columns[0].no_wrap = True
    for card in cards:
        numbers = [card.counts.get(key) for key in ("segments", "systems", "rated_systems")]
        table.add_row(
            _text(card.name, "bold"),
            *(_text(card.about[key]) for key in ("title", "language_pair", "year")),
            *(f"{n:,}" if n is not None else "–" for n in numbers),
            _size(card),
        )
    console.print(table)
    return DONE


def _summary(card: Card) -> dict[str, Any]:
    keys = ("title", "language_pair", "domain", "year", "licence")
    return {
        "name": card.name,
        **{key: card.about[key] for key in keys},
        "counts": dict(card.counts),
        "files": len(card.files),
        "bytes": sum(file.bytes for file in card.files.values()),
    }


def _show(options: argparse.Namespace, console: Console) -> int:
    card = load_card(find_card(options.name))
    places = [
        (file, local_copy(file, options.mirror, options.cache)) for file in card.files.values()
    ]
    if options.json:
        files = [
            {
                "url": file.url,
                "bytes": file.bytes,
                "sha256": file.sha256,
                "path": str(path) if path else None,
            }
            for file, path in places
        ]
        return _json({**card.about, "reader": dict(card.reader), "files": files})
    table = _table("", "", show_header=False)
    for key, value in card.about.items():
        table.add_row(_text(key.replace("_", " "), "bold"), _text(_written(value)))
    table.add_row(_text("reader", "bold"), _text(card.reader["_target_"]))
    console.print(table)
    if places:
        files_table = _table("File", "Bytes", "Here")
        files_table.columns[1].justify = "right"
        for file, path in places:
            here = _text("yes", "green") if path else _text("no", "yellow")
            files_table.add_row(_text(file.name), f"{file.bytes:,}", here)
        console.print(files_table)
    return DONE


def _written(value: Any) -> str:
    """A value of a card as lines of text."""
    if isinstance(value, Mapping):
        return "\n".join(f"{key.replace('_', ' ')}: {_one(v)}" for key, v in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(f"- {v}" for v in value)
    return _one(value)


def _one(value: Any) -> str:
    return f"{value:,}" if type(value) is int and value > 9999 else str(value)


def _fetch(options: argparse.Namespace, console: Console) -> int:
    card = load_card(find_card(options.name))
    found = [(file, fetch(file, options.mirror, options.cache)) for file in card.files.values()]
    if options.json:
        return _json([{"url": f.url, "bytes": f.bytes, "path": str(path)} for f, path in found])
    for file, path in found:
        console.print(_text(f"{path} ({file.bytes:,} bytes)"), soft_wrap=True)
    if not found:
        console.print(_text(f"{card.name}: nothing to fetch, its files lie beside its card"))
    return DONE


def _check(options: argparse.Namespace, console: Console) -> int:
    card = load_card(find_card(options.name))
    test_set = read_test_set(card, options.mirror, options.cache)
    findings = check(test_set)
    bad = unexplained(findings)
    code = PROBLEM if len(bad) else DONE
    rows: list[Any] = findings.drop(columns="test_set").to_dict("records")
    if options.json:
        _json({"test_set": test_set.name, "unexplained_problems": len(bad), "findings": rows})
        return code
    table = _table("Check", "", "Count", "Finding")
    table.columns[2].justify = "right"
    for row in rows:
        explained = bool(row["explanation"])
        severity = "explained" if row["severity"] == "problem" and explained else row["severity"]
        details = Text(row["finding"])
        for label, key in (("in", "where"), ("e.g.", "example")):
            if row[key] not in ("", "annotations"):
                details.append(f"\n{label} {row[key]}", "dim")
        if explained:
            details.append(f"\n→ {visible(row['explanation'])}", "italic")
        table.add_row(
            _text(row["check"].replace("_", " ")),
            _text(severity, _STYLES[severity]),
            "" if severity == "ok" else f"{row['count']:,}",
            details,
        )
    console.print(table)
    found = [row for row in rows if row["severity"] != "ok"]
    summary = (
        f"{test_set.name}: {number(len(found), 'finding')},"
        f" {sum(bool(row['explanation']) for row in found)} explained by the card;"
        f" {number(len(bad), 'unexplained problem')}"
    )
    console.print(_text(summary, "bold red" if code else "bold green"))
    return code


def _table(*columns: str, show_header: bool = True) -> Table:
    table = Table(show_header=show_header, show_lines=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _text(value: Any, style: str = "") -> Text:
    """Text that is shown as it stands: no markup, nothing that acts on the terminal."""
    return Text("\n".join(visible(line) for line in str(value).split("\n")), style)


def _size(card: Card) -> str:
    total = sum(file.bytes for file in card.files.values())
    return f"{total / 1e6:,.1f} MB" if total else "nothing"


def _json(value: Any) -> int:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201
    return DONE
