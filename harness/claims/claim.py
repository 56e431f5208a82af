"""What a claim is: a sentence about metrics or systems, the rule that licenses it, its evidence."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal

import pandas as pd

from harness.error_categories.analysis import FirstView
from harness.tables import SCHEMA_OF
from harness.test_sets.doctor import DataWarning

__all__ = ["Claim", "Evidence", "Facts", "Kind", "Rule", "evidence_of", "row_value"]

#: 'shown': a test licenses the sentence for more than the data at hand. 'described': the sentence
#: says what these data are and nothing beyond them. 'open': it says what cannot be told, and why.
Kind = Literal["shown", "described", "open"]

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Evidence:
    """A row of a table that a claim rests on: ``table`` by its name, ``key`` the columns that find
    the row, ``numbers`` those of its columns that the sentence uses. None: missing."""

    table: str
    key: Mapping[str, Value]
    numbers: Mapping[str, Value]

    @property
    def file(self) -> str:
        """The table's file within the run's folder."""
        return SCHEMA_OF[self.table].csv

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {"file": self.file, "key": dict(self.key), "numbers": dict(self.numbers)}


@dataclass(frozen=True)
class Claim:
    """A sentence, the name of its ``rule``, and what it rests on.

    ``in_verdict``: whether it is one of the main results. ``licence`` is the rule in words.
    """

    rule: str
    kind: Kind
    text: str
    licence: str
    evidence: tuple[Evidence, ...] = ()
    in_verdict: bool = False

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "rule": self.rule,
            "kind": self.kind,
            "text": self.text,
            "licence": self.licence,
            "in_verdict": self.in_verdict,
            "evidence": [e.record() for e in self.evidence],
        }


@dataclass(frozen=True)
class Facts:
    """What rules read.

    ``tables`` by name, absent where a run has none; ``labels``, how metrics and sentinels are
    written; ``warnings``, problems of the texts that the test set's card does not explain;
    ``first_view``, of the analysis by category; ``test_set``, its name, and the ``year`` it was
    published, as far as its card says.
    """

    tables: Mapping[str, pd.DataFrame]
    labels: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[DataWarning] = ()
    first_view: FirstView | None = None
    test_set: str = ""
    year: int | None = None

    def table(self, name: str) -> pd.DataFrame | None:
        """The table, None if it is absent or has no rows."""
        frame = self.tables.get(name)
        return None if frame is None or frame.empty else frame

    def label(self, metric: object) -> str:
        """How a metric or sentinel is written; by its name where two share a label."""
        name = str(metric)
        written = self.labels.get(name, name)
        return name if written in self._shared else written

    @cached_property
    def _shared(self) -> frozenset[str]:
        """Labels of more than one metric."""
        listed = [*self.labels.values(), *(m for m in self._names if m not in self.labels)]
        return frozenset(label for label in listed if listed.count(label) > 1)

    @cached_property
    def _names(self) -> list[str]:
        """Metrics and sentinels by their names."""
        return [*self.metrics, *self.sentinels]

    def sentinel(self, name: object) -> str:
        """A sentinel in words: 'random scores (sentinel random)'."""
        table = self.table("metrics")
        own = None if table is None else table[table["metric"] == name]
        said = "" if own is None or own.empty else str(own["sees"].iloc[0])
        short = f"sentinel {self.label(name)}"
        return f"{said} ({short})" if said else f"the {short}"

    @cached_property
    def metrics(self) -> list[str]:
        """The metrics of the run, without sentinels."""
        return self._of_role("metric")

    @cached_property
    def sentinels(self) -> list[str]:
        """The sentinels of the run."""
        return self._of_role("sentinel")

    def _of_role(self, role: str) -> list[str]:
        table = self.table("metrics")
        return [] if table is None else [str(m) for m in table[table["role"] == role]["metric"]]


class Rule(ABC):
    """A kind of sentence. Its docstring says what it claims.

    ``name`` is that of its option in conf/claims/; ``licence`` says in words what licenses the
    sentence: the test, the family over which p is adjusted, the least data. A rule returns a claim
    for everything that its licence allows, an open one where the question stands and the data
    cannot answer it, and nothing where the question does not arise.
    """

    name: ClassVar[str]
    licence: ClassVar[str]

    @abstractmethod
    def claims(self, facts: Facts) -> Iterator[Claim]:
        """What can be said, in the order in which it is read."""

    def claim(
        self,
        kind: Kind,
        text: str,
        evidence: Sequence[Evidence] = (),
        *,
        in_verdict: bool = False,
    ) -> Claim:
        """A claim of this rule."""
        return Claim(self.name, kind, text, self.licence, tuple(evidence), in_verdict)


def evidence_of(table: str, row: Mapping[Any, Any], numbers: Sequence[str]) -> Evidence:
    """The evidence in a row of a table: its key, and the columns ``numbers``."""
    key = {name: row_value(row[name]) for name in SCHEMA_OF[table].key}
    return Evidence(
        table,
        {name: value for name, value in key.items() if value not in ("", None)},
        {name: row_value(row[name]) for name in numbers},
    )


def row_value(value: Any) -> Value:
    """A cell as JSON has it: None where it is missing."""
    if value is None or value is pd.NA:
        return None
    if isinstance(value, str | bool):
        return value
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, float) and not math.isfinite(number):
        return None
    return number if isinstance(number, str | int | float | bool) else str(number)
