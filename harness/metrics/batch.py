"""The input of a metric: aligned texts of n segments, and what else the metric declares to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

from harness.metrics.needs import Needs

__all__ = ["Batch", "Languages", "Neighbour", "gathered"]


class Languages(NamedTuple):
    """Codes of the languages, for example zh and en."""

    source: str = "zh"
    target: str = "en"


class Neighbour(NamedTuple):
    """Another segment of the document: ``offset`` -1 is the segment before the scored one, 1 the
    one after it. Only the texts named in the metric's window are filled in ('' and () otherwise).
    None: the system has no translation of that segment, or the reference lacks it."""

    offset: int
    source: str = ""
    hypothesis: str | None = ""
    references: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Aligned texts: n hypotheses and n entries of each field that the metric's
    :class:`~harness.metrics.Needs` ask for; the other fields are empty.

    Parameters
    ----------
    sources, hypotheses
        The texts.
    references
        The n texts of each reference.
    stored
        Scores that came with the test set.
    contexts
        The neighbours of each segment in reading order, fewer than the window at the ends of the
        document.
    alternatives
        The other systems' translations of each segment, sorted, so that the order does not reveal
        the system. A translation by several systems occurs several times. Translations with
        injected errors are left out.
    documents, positions
        The document of each segment, and its position in it, from 0.
    languages
        Of all texts; None: not asked for.

    Raises
    ------
    ValueError
        The lists are not of one length.
    """

    sources: Sequence[str]
    hypotheses: Sequence[str]
    references: tuple[Sequence[str], ...] = ()
    stored: Sequence[float] = ()
    contexts: Sequence[tuple[Neighbour, ...]] = ()
    alternatives: Sequence[tuple[str, ...]] = ()
    documents: Sequence[str] = ()
    positions: Sequence[int] = ()
    languages: Languages | None = None

    def __post_init__(self) -> None:
        lengths = {len(self.hypotheses), *map(len, self.references)}
        lengths |= {len(column) for column in self.extras.values() if len(column)}
        if len(self.sources):
            lengths.add(len(self.sources))
        if len(lengths) != 1:
            raise ValueError(f"texts are not aligned: {sorted(lengths)} segments")

    def __len__(self) -> int:
        return len(self.hypotheses)

    @property
    def extras(self) -> dict[str, Sequence[Any]]:
        """The lists beside texts and references, by the names of their fields; empty ones too."""
        return {name: getattr(self, name) for name in _EXTRAS}

    def part(self, chosen: slice) -> Batch:
        """Some of the segments, in order."""
        extras: dict[str, Any] = {name: column[chosen] for name, column in self.extras.items()}
        return replace(
            self,
            sources=self.sources[chosen],
            hypotheses=self.hypotheses[chosen],
            references=tuple(texts[chosen] for texts in self.references),
            **extras,
        )

    def rows(self, chosen: Sequence[int], references: Sequence[int]) -> Batch:
        """The ``chosen`` segments, with only these of the references."""

        def taken(column: Sequence[Any]) -> list[Any]:
            return [column[i] for i in chosen] if len(column) else []

        extras: dict[str, Any] = {name: taken(column) for name, column in self.extras.items()}
        return replace(
            self,
            sources=taken(self.sources),
            hypotheses=taken(self.hypotheses),
            references=tuple(taken(self.references[k]) for k in references),
            **extras,
        )

    def only(self, needs: Needs) -> Batch:
        """What a metric reads from a batch of plain texts; the languages default to the usual
        ones."""
        return Batch(
            self.sources if needs.source else (),
            self.hypotheses,
            self.references if needs.reference else (),
            languages=(self.languages or Languages()) if needs.languages else None,
        )


_EXTRAS = tuple(
    field.name
    for field in fields(Batch)
    if field.name not in ("sources", "hypotheses", "references", "languages")
)


def gathered(rows: Sequence[tuple[Batch, int]]) -> Batch:
    """A batch made of single segments, each from a batch for the same metric."""
    first = rows[0][0]

    def column(name: str) -> list[Any]:
        return [getattr(batch, name)[i] for batch, i in rows]

    return Batch(
        column("sources") if len(first.sources) else (),
        column("hypotheses"),
        tuple([b.references[k][i] for b, i in rows] for k in range(len(first.references))),
        **{name: column(name) for name, values in first.extras.items() if len(values)},
        languages=first.languages,
    )
