"""The context of a segment: its neighbours in the document, other systems' translations of it, and
the languages of the test set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.metrics import Languages, Neighbour, Window
from harness.tables import TestSet

__all__ = ["alternatives", "contexts", "languages_of", "positions_of"]


def languages_of(test_set: TestSet) -> Languages:
    """The languages in the test set's card; Chinese and English if it names none."""
    usual = Languages()
    source, _, target = str(test_set.card.get("language_pair") or "").partition("-")
    return Languages(
        str(test_set.card.get("source_language") or source or usual.source),
        str(test_set.card.get("target_language") or target or usual.target),
    )


def positions_of(documents: Sequence[str]) -> list[int]:
    """The place of each segment in its document, from 0."""
    counts: dict[str, int] = {}
    positions = []
    for document in documents:
        positions.append(counts.get(document, 0))
        counts[document] = positions[-1] + 1
    return positions


def contexts(
    window: Window,
    documents: Sequence[str],
    sources: Sequence[str],
    hypotheses: Sequence[str | None],
    references: Sequence[Sequence[str | None]],
) -> list[tuple[Neighbour, ...]]:
    """The neighbours of each segment within ``window``, in reading order; those of other documents
    are none, also where documents interleave."""
    members: dict[str, list[int]] = {}
    for i, document in enumerate(documents):
        members.setdefault(document, []).append(i)
    found: list[tuple[Neighbour, ...]] = [()] * len(documents)
    for own in members.values():
        for place, i in enumerate(own):
            first, last = max(0, place - window.before), min(len(own) - 1, place + window.after)
            found[i] = tuple(
                Neighbour(
                    k - place,
                    sources[own[k]] if window.source else "",
                    hypotheses[own[k]] if window.hypothesis else "",
                    tuple(texts[own[k]] for texts in references) if window.reference else (),
                )
                for k in range(first, last + 1)
                if k != place
            )
    return found


def alternatives(
    system: str, hypotheses: Mapping[str, Sequence[str | None]], comparable: Sequence[str]
) -> list[tuple[str, ...]]:
    """The translations of each segment by the ``comparable`` systems other than ``system``, sorted;
    absent translations are left out."""
    others = [hypotheses[name] for name in comparable if name != system]
    rows = zip(*others, strict=True) if others else [()] * len(hypotheses[system])
    return [tuple(sorted(text for text in row if text is not None)) for row in rows]
