"""The data doctor: checks for problems in the texts and ratings of a test set. It changes nothing.

:func:`check` makes every check; :func:`warnings` makes those that can find a fault, quickly, as
every run does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from harness.errors import visible
from harness.tables import DATA_CHECKS, TestSet, table
from harness.test_sets.doctor.alignment import alignment
from harness.test_sets.doctor.artifacts import ARTIFACT_CHECKS, artifacts
from harness.test_sets.doctor.base import Finding, Severity
from harness.test_sets.doctor.characters import CHARACTER_CHECKS, characters
from harness.test_sets.doctor.counts import COUNTS, counts
from harness.test_sets.doctor.names import names
from harness.test_sets.doctor.placeholders import (
    PLACEHOLDER_CHECKS,
    drop_placeholders,
    placeholders,
)
from harness.test_sets.doctor.ratings import raters, reading, unrated
from harness.test_sets.doctor.sameness import near_copies, same_texts, scripts
from harness.test_sets.doctor.texts import (
    blank,
    duplicate_sources,
    missing,
    reference_copies,
    source_copies,
)
from harness.test_sets.readers.assembly import assemble
from harness.test_sets.readers.lines import has_text

__all__ = [
    "CHECKS",
    "COUNTS",
    "DataWarning",
    "check",
    "drop_placeholders",
    "unexplained",
    "warnings",
    "warnings_of_texts",
]

#: What is checked, in this order -> in a sentence.
CHECKS: Mapping[str, str] = {
    "counts": "the numbers on the card are correct",
    "alignment": "translations and references belong to their own segments",
    "missing": "every reference and system has every segment",
    "blank": "no text is empty",
    **{name: kind.fine for name, kind in CHARACTER_CHECKS.items()},
    **{name: kind.fine for name, kind in ARTIFACT_CHECKS.items()},
    "repeated_text": "no text stands for many others",
    **{name: placeholder.fine for name, placeholder in PLACEHOLDER_CHECKS.items()},
    "names": "no two systems or references have almost the same name",
    "scripts": "references and systems are written in one script",
    "same_texts": "no two files have one text",
    "near_copies": "no machine translation is mostly a reference with small changes",
    "duplicate_sources": "no source text occurs twice",
    "source_copies": "no translation is the source",
    "reference_copies": "no machine translation is a reference, word for word",
    "raters": "every rated translation has as many raters",
    "unrated": "every segment and every translation of a rated system is rated",
    "rebuilt": "no rating mqm was found that its annotated errors do not give",
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
        *artifacts(test_set),
        *placeholders(test_set),
        *names(test_set),
        *scripts(test_set),
        *same_texts(test_set),
        *near_copies(test_set),
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
    artifacts,
    placeholders,
    names,
    scripts,
    same_texts,
    near_copies,
    source_copies,
    reference_copies,
)


#: Explained problems that readers of a ranking should know of all the same.
TOLD = frozenset({"reference_copies", "near_copies", "same_texts"})


@dataclass(frozen=True)
class DataWarning:
    """A problem of the texts in a sentence without a full stop; ``voids``: whether it makes the
    scores of a system, and so every comparison with it, meaningless. ``explanation``: what the card
    says of it; such a warning is no reason to look at the data first. ``owner``: the one reference
    or system concerned, if it is one."""

    text: str
    voids: bool
    explanation: str = ""
    owner: str = ""

    def __str__(self) -> str:
        return self.text + (f". {self.explanation}".rstrip(".") if self.explanation else "")


def warnings(test_set: TestSet) -> list[DataWarning]:
    """The problems that the card does not explain, and those of :data:`TOLD`: a quick check, for
    every run.

    The counts are not compared with the card, since references and systems may have been chosen;
    of each system's translations the alignment is judged at three places only.
    """
    explained = test_set.card.get("explained") or {}
    found = [f for quick in _QUICK for f in quick(test_set) if f.severity == "problem"]
    return [
        DataWarning(
            visible(_sentence(f)), f.voids, visible(str(explained.get(f.check, ""))), f.owner
        )
        for f in sorted(found, key=lambda f: not f.voids)
        if f.check not in explained or f.check in TOLD
    ]


def warnings_of_texts(
    systems: Mapping[str, Sequence[str]],
    references: Mapping[str, Sequence[str]],
    source: Sequence[str] | None = None,
) -> list[DataWarning]:
    """As :func:`warnings`, of aligned texts that are no test set; ``source`` None: not known."""
    n = len(next(iter(systems.values())))
    # Numbers have no script and equal no text, so that no check rests on an unknown source.
    unknown = [f"{10**9 + i}" for i in range(n)]
    return warnings(
        assemble(
            "texts",
            ids=[str(i + 1) for i in range(n)],
            documents=["texts"] * n,
            domains=["texts"] * n,
            sources=unknown if source is None else source,
            references={
                name: [text if has_text(text) else None for text in texts]
                for name, texts in references.items()
            },
            hypotheses=systems,
        )
    )


def _sentence(finding: Finding) -> str:
    """A finding with its place and an example."""
    if finding.owner and finding.example:
        return f"{finding.owner}: {finding.finding} ({finding.example})"
    details = "; ".join(part for part in (finding.where, finding.example) if part)
    return f"{finding.finding} ({details})"


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
