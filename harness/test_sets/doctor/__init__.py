"""The data doctor: checks for problems in the texts and ratings of a test set. It changes nothing.

:func:`check` makes every check; :func:`warnings` makes those that can find a fault, quickly, as
every run does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from harness.errors import visible
from harness.tables import DATA_CHECKS, TestSet, table
from harness.test_sets.doctor.alignment import alignment
from harness.test_sets.doctor.base import Finding, Severity
from harness.test_sets.doctor.characters import CHARACTER_CHECKS, characters
from harness.test_sets.doctor.counts import COUNTS, counts
from harness.test_sets.doctor.ratings import raters, reading, unrated
from harness.test_sets.doctor.texts import (
    blank,
    duplicate_sources,
    missing,
    reference_copies,
    source_copies,
)

__all__ = ["CHECKS", "COUNTS", "DataWarning", "check", "unexplained", "warnings"]

#: What is checked, in this order -> in a sentence.
CHECKS: Mapping[str, str] = {
    "counts": "the numbers on the card are correct",
    "alignment": "translations and references belong to their own segments",
    "missing": "every reference and system has every segment",
    "blank": "no text is empty",
    **{name: kind.fine for name, kind in CHARACTER_CHECKS.items()},
    "duplicate_sources": "no source text occurs twice",
    "source_copies": "no translation is the source",
    "reference_copies": "no machine translation is a reference, word for word",
    "raters": "every rated translation has as many raters",
    "unrated": "every segment and every translation of a rated system is rated",
    "rebuilt": "annotated errors give the ratings that are published as numbers",
    "differing_texts": "the annotated texts are those of the test set",
    "dropped": "no annotation is dropped",
}


def check(test_set: TestSet) -> pd.DataFrame:
    """Every check of a test set: a table DATA_CHECKS in the order of :data:`CHECKS`.

    A check that finds nothing has one row, 'ok'; one that does has a row for each kind of text
    (source, references, hypotheses) or each thing found. What the test set's card explains (its
    key ``explained``: check -> sentence) has that sentence; its severity stays. A check that
    cannot be made (no ratings, no reference) has a row that says so.
    """
    found = [
        *counts(test_set),
        *alignment(test_set),
        *missing(test_set),
        *blank(test_set),
        *characters(test_set),
        *duplicate_sources(test_set),
        *source_copies(test_set),
        *reference_copies(test_set),
        *raters(test_set),
        *unrated(test_set),
        *reading(test_set),
    ]
    by_check: dict[str, list[Finding]] = {name: [] for name in CHECKS}
    for finding in found:
        by_check[finding.check].append(finding)
    rows = []
    for name, sentence in CHECKS.items():
        rows += by_check[name] or [Finding(name, "ok", 0, "", sentence)]
    return _table(test_set, rows)


#: The checks that can find a fault of the data, without those that loading has made already.
_QUICK: tuple[Callable[[TestSet], Iterator[Finding]], ...] = (
    lambda test_set: alignment(test_set, blocks=3),
    blank,
    characters,
    source_copies,
    reference_copies,
)


#: Problems that make a ranking of systems or metrics meaningless.
VOIDING = frozenset({"alignment"})


@dataclass(frozen=True)
class DataWarning:
    """A problem of the texts in a sentence without a full stop; ``voids``: whether it makes the
    scores of a system, and so every comparison with it, meaningless."""

    text: str
    voids: bool


def warnings(test_set: TestSet) -> list[DataWarning]:
    """The problems that the card does not explain: a quick check, for every run.

    The counts are not compared with the card, since references and systems may have been chosen;
    of each system's translations the alignment is judged at three places only.
    """
    found = [f for quick in _QUICK for f in quick(test_set) if f.severity == "problem"]
    return [
        DataWarning(
            f"{row['finding']} ({row['where']}"
            + (f"; {row['example']})" if row["example"] else ")"),
            row["check"] in VOIDING,
        )
        for row in unexplained(_table(test_set, found)).to_dict("records")
    ]


def unexplained(findings: pd.DataFrame) -> pd.DataFrame:
    """The rows of DATA_CHECKS that are problems without an explanation."""
    return findings[(findings["severity"] == "problem") & (findings["explanation"] == "")]


def _table(test_set: TestSet, rows: list[Finding]) -> pd.DataFrame:
    explained = test_set.card.get("explained") or {}

    def explanation(check: str, severity: Severity) -> str:
        return str(explained.get(check, "")) if severity != "ok" else ""

    return table(
        [
            (
                test_set.name,
                row.check,
                row.severity,
                row.count,
                visible(row.where),
                visible(row.finding),
                visible(row.example),
                explanation(row.check, row.severity),
            )
            for row in rows
        ],
        DATA_CHECKS,
    )
