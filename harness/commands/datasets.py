"""``harness datasets list | show NAME | fetch NAME | check NAME``: test sets by name.

NAME is a test set that comes with harness, or the path of a card.yaml. ``check`` also takes
overrides in its place (``test_set=files test_set.source=zh.txt …``), for files without a card. It
ends with exit code 1 where it found a problem that the card does not explain.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

from harness.commands.options import act, add_actions, add_config_dir, add_places
from harness.commands.output import print_json, print_lines, print_table, styled
from harness.config.overrides import quoted
from harness.errors import visible
from harness.support.formatting import plural
from harness.tables import TestSet
from harness.test_sets.cards import Card, card_names, find_card, load_card
from harness.test_sets.configured import configured_test_set
from harness.test_sets.doctor import check, unexplained
from harness.test_sets.downloads import fetch, local_copy
from harness.test_sets.named import read_test_set
from harness.test_sets.score_cards import ScoreCard, load_score_card

__all__ = ["arguments", "execute"]

KEPT = "files that were fetched whole are kept"
DONE, PROBLEM = 0, 1
_STYLES = {"ok": "green", "note": "yellow", "explained": "yellow", "problem": "bold red"}

execute = act


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = {
        "list": (_list, "all test sets, one a row"),
        "show": (_show, "what a card says, and where its files are"),
        "fetch": (_fetch, "get the files, if they are not here"),
        "check": (_check, "look for faults in the texts and ratings"),
    }
    for name, own in add_actions(parser, actions).items():
        if name == "check":
            what = "a name, a card.yaml, or overrides: test_set=files test_set.source=FILE …"
            own.add_argument("test_set", nargs="+", metavar="TEST_SET", help=what)
            add_config_dir(own)
        elif name != "list":
            own.add_argument("name", metavar="NAME", help="a test set's name, or a card.yaml")
        if name != "list":
            add_places(own)
        if name == "fetch":
            help_ = "also the published scores of metrics (metrics=submitted)"
            own.add_argument("--scores", action="store_true", help=help_)


def _card(options: argparse.Namespace) -> Card:
    return load_card(find_card(options.name))


def _score_cards(card: Card) -> dict[str, ScoreCard]:
    """The score cards that the card names, by group."""
    names: Mapping[str, str] = card.about.get("scores") or {}
    return {group: load_score_card(name) for group, name in names.items()}


def _list(options: argparse.Namespace) -> int:
    cards = [load_card(find_card(name)) for name in card_names()]
    if options.json:
        print_json([card.summary for card in cards])
        return DONE
    counts = {"Segments": "segments", "Systems": "systems", "Rated": "rated_systems"}
    rows = [
        (
            styled(card.name, "bold"),
            *(card.about[key] for key in ("title", "language_pair", "year")),
            *(f"{card.counts[key]:,}" if key in card.counts else "–" for key in counts.values()),
            f"{card.bytes / 1e6:,.1f} MB" if card.bytes else "nothing",
        )
        for card in cards
    ]
    numbers = (*counts, "To fetch")
    heads = ("Name", "Title", "Pair", "Year", *numbers)
    print_table(heads, rows, right=numbers, whole=("Name",))
    return DONE


def _show(options: argparse.Namespace) -> int:
    card = _card(options)
    places = {f: local_copy(f, options.mirror, options.cache) for f in card.files.values()}
    if options.json:
        files = [
            {"url": f.url, "bytes": f.bytes, "sha256": f.sha256, "path": path and str(path)}
            for f, path in places.items()
        ]
        print_json({**card.about, "reader": card.reader, "files": files})
        return DONE
    about = [(key.replace("_", " "), _written(value)) for key, value in card.about.items()]
    for group, scores in _score_cards(card).items():
        about.append((f"metrics={group}", _written(scores.about)))
    about.append(("reader", card.reader["_target_"]))
    print_table(("", ""), [(styled(key, "bold"), value) for key, value in about])
    if places:
        here = {True: styled("yes", "green"), False: styled("no", "yellow")}
        rows = [(f.name, f"{f.bytes:,}", here[path is not None]) for f, path in places.items()]
        print_table(("File", "Bytes", "Here"), rows, right=("Bytes",))
    return DONE


def _written(value: Any) -> str:
    """A value of a card as lines of text."""
    if isinstance(value, Mapping):
        return "\n".join(f"{key.replace('_', ' ')}: {_written(v)}" for key, v in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(f"- {v}" for v in value)
    return f"{value:,}" if type(value) is int and value > 9999 else str(value)


def _fetch(options: argparse.Namespace) -> int:
    card = _card(options)
    files = list(card.files.values())
    for scores in _score_cards(card).values() if options.scores else ():
        files += scores.files.values()
    found = [(file, fetch(file, options.mirror, options.cache)) for file in files]
    if options.json:
        print_json([{"url": f.url, "bytes": f.bytes, "path": str(path)} for f, path in found])
        return DONE
    print_lines(*(f"{path} ({file.bytes:,} bytes)" for file, path in found))
    if not found:
        print_lines(f"{card.name}: nothing to fetch, its files lie beside its card")
    return DONE


def _check(options: argparse.Namespace) -> int:
    test_set = _test_set(options)
    findings = check(test_set)
    bad = len(unexplained(findings))
    rows: list[Any] = findings.drop(columns="test_set").to_dict("records")
    code = PROBLEM if bad else DONE
    if options.json:
        print_json({"test_set": test_set.name, "unexplained_problems": bad, "findings": rows})
        return code
    print_table(("Check", "", "Count", "Finding"), _findings(rows), right=("Count",))
    found = [row for row in rows if row["severity"] != "ok"]
    print_lines(
        f"{test_set.name}: {plural(len(found), 'finding')},"
        f" {sum(bool(row['explanation']) for row in found)} explained by the card;"
        f" {plural(bad, 'unexplained problem')}"
    )
    return code


def _test_set(options: argparse.Namespace) -> TestSet:
    """The test set to check: by its name or card, or as overrides describe it."""
    first = options.test_set[0]
    if len(options.test_set) == 1 and "=" not in first:
        return read_test_set(load_card(find_card(first)), options.mirror, options.cache)
    places = {"mirror": options.mirror, "cache": options.cache}
    given = [f"{key}={quoted(place)}" for key, place in places.items() if place is not None]
    return configured_test_set([*options.test_set, *given], options.config_dir)


def _findings(rows: list[Any]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        severity, explanation = row["severity"], row["explanation"]
        details = styled(row["finding"])
        for label, key in (("in", "where"), ("e.g.", "example")):
            if row[key] not in ("", "annotations"):
                details.append(f"\n{label} {row[key]}", "dim")
        if explanation:
            severity = "explained" if severity == "problem" else severity
            details.append(f"\n→ {visible(explanation)}", "italic")
        count = "" if severity == "ok" else f"{row['count']:,}"
        yield row["check"].replace("_", " "), styled(severity, _STYLES[severity]), count, details
