"""From texts to the tables of a test set: the last step of every reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.errors import InputError, unknown_name
from harness.tables import HYPOTHESES, REFERENCES, ROLES, SEGMENTS, Schema, TestSet, table

__all__ = [
    "annotated",
    "assemble",
    "gaps",
    "references_table",
    "refuse_labels",
    "repeated",
    "roles_of",
]


def assemble(
    name: str,
    *,
    ids: Sequence[str],
    documents: Sequence[str],
    domains: Sequence[str],
    sources: Sequence[str],
    references: Mapping[str, Sequence[str | None]],
    hypotheses: Mapping[str, Sequence[str | None]],
    roles: Mapping[str, str] | None = None,
) -> TestSet:
    """A test set without annotations from its texts, all sequences in the order of the segments.

    A text that is None is missing: it gets no row. References and systems keep their order; a
    system without a role is a 'system'.
    """
    roles = roles or {}
    return TestSet(
        name=name,
        segments=table(
            {
                "test_set": repeated([name], [len(ids)]),
                "segment_id": ids,
                "document": documents,
                "domain": domains,
                "source": sources,
            },
            SEGMENTS,
        ),
        references=references_table(name, ids, references),
        hypotheses=_texts_table(
            name,
            HYPOTHESES,
            ids,
            {(system, roles.get(system, "system")): texts for system, texts in hypotheses.items()},
        ),
    )


def references_table(
    name: str, ids: Sequence[str], references: Mapping[str, Sequence[str | None]]
) -> pd.DataFrame:
    """The table REFERENCES of the test set ``name``; a text that is None is missing."""
    return _texts_table(name, REFERENCES, ids, {(key,): texts for key, texts in references.items()})


def _texts_table(
    name: str,
    schema: Schema,
    ids: Sequence[str],
    texts: Mapping[tuple[str, ...], Sequence[str | None]],
) -> pd.DataFrame:
    """The table ``schema`` from texts in the order of ``ids``, one block of rows for each label:
    the values of the columns that are neither test set, segment nor text, which comes last.

    It is put together column by column: a tuple for each row would need several times the memory.
    """
    pairs = [
        (label, [segment_id for segment_id, text in zip(ids, own, strict=True) if text is not None])
        for label, own in texts.items()
    ]
    lengths = [len(kept) for _, kept in pairs]
    labelled = [c for c in schema.names[:-1] if c not in ("test_set", "segment_id")]
    columns: dict[str, pd.Series[str]] = {}
    for column in schema.names:
        values: Iterable[str]
        if column in labelled:
            at = labelled.index(column)
            values = repeated([label[at] for label, _ in pairs], lengths)
        elif column == "test_set":
            values = repeated([name], [sum(lengths)])
        elif column == "segment_id":
            values = [segment_id for _, kept in pairs for segment_id in kept]
        else:
            values = [text for own in texts.values() for text in own if text is not None]
        columns[column] = pd.Series(values, dtype="str")
    return table(columns, schema)


def repeated(values: Sequence[str], lengths: Sequence[int]) -> NDArray[np.object_]:
    """Each value as often as the length in its place says, one object each."""
    return np.repeat(np.asarray(values, dtype=object), lengths)


def annotated(annotations: pd.DataFrame, error_spans: pd.DataFrame) -> str:
    """The numbers of annotated translations and raters, in a sentence."""
    translations = len(annotations[["system", "segment_id"]].drop_duplicates())
    errors = len(error_spans[["system", "segment_id", "rater", "error"]].drop_duplicates())
    return (
        f"{_number(translations, 'rated translation')} of"
        f" {_number(annotations['system'].nunique(), 'system')}:"
        f" {_number(len(annotations), 'annotation')} by"
        f" {_number(annotations['rater'].nunique(), 'rater')}, with {_number(errors, 'error')}"
    )


def _number(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def gaps(test_set: TestSet, references: Iterable[str] = ()) -> list[str]:
    """Which references (those of the test set and the named ones) and systems lack segments, in
    sentences."""
    total = len(test_set.segments)
    names = list(dict.fromkeys([*references, *test_set.reference_names]))
    found = []
    for kind, frame, column, keys in (
        ("reference", test_set.references, "reference_name", names),
        ("system", test_set.hypotheses, "system", test_set.systems),
    ):
        counts = frame[column].value_counts()
        found += [
            f"the {kind} {key} lacks {total - n:,} of {total:,} segments"
            for key in keys
            if (n := int(counts.get(key, 0))) < total
        ]
    return found


def roles_of(roles: Mapping[str, str], systems: Sequence[str]) -> dict[str, str]:
    """The given roles, checked: each is of a system of the test set and is one of ROLES.

    Raises
    ------
    InputError
        A role is given to no known system, or is none.
    """
    for system, role in roles.items():
        if system not in systems:
            raise unknown_name("system", str(system), systems)
        if role not in ROLES:
            raise InputError(
                f"the role of the system {system!r} is none",
                found=str(role),
                expected=f"one of: {', '.join(ROLES)}",
            )
    return {str(system): str(role) for system, role in roles.items()}


def refuse_labels(labels: Mapping[str, str] | None, name: str) -> None:
    """Refuse the user's own labels of errors where the test set ``name`` has no labelled errors.

    Raises
    ------
    InputError
        Some are given.
    """
    if labels:
        raise InputError(
            f"the test set {name!r} has no error labels to translate",
            found=", ".join(map(str, labels)),
            expected="labels={}",
        )
