"""The context of a segment: its neighbours in the document, other systems' translations of it, and
the languages of the test set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.metrics import Languages, Metric, Neighbour, Window
from harness.tables import TestSet
from harness.test_sets.scripts import language_of, language_of_script, target_script

__all__ = [
    "alternatives",
    "contexts",
    "languages_of",
    "languages_of_texts",
    "positions_of",
    "suited",
]


def languages_of(test_set: TestSet) -> Languages:
    """The languages in the test set's card; if it names none, Chinese, Japanese and Korean are
    known by their script, and everything else is from Chinese to English."""
    usual = Languages()
    first, _, second = str(test_set.card.get("language_pair") or "").partition("-")
    source = test_set.card.get("source_language") or first
    target = test_set.card.get("target_language") or second
    if not target:
        target = language_of_script(target_script(test_set))
        other = usual.target if target else usual.source
        source = source or language_of(list(test_set.segments["source"])) or other
    return Languages(str(source or usual.source), str(target or usual.target))


def languages_of_texts(target: Sequence[str]) -> Languages:
    """The languages of plain texts: Chinese, Japanese and Korean are known by their script."""
    usual = Languages()
    return Languages(usual.source, language_of(target) or usual.target)


def suited(metrics: Mapping[str, Metric], languages: Languages) -> dict[str, Metric]:
    """The metrics, with what their parameters leave open chosen for the languages."""
    return {key: metric.suited_to(languages) for key, metric in metrics.items()}


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
