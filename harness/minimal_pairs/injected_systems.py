"""Injected systems: translations of a test set with injected errors, one system per kind.

The errors are put into a *base*: a system's output, or a reference that the metrics are not given.
The reference in use is never a base, because a metric that compares texts would be right only
because the texts are identical.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from harness.errors import InputError, unknown_name
from harness.injection import Injected, Injector, Passage
from harness.support.checks import check_between, check_flag_or_auto, check_seed, check_whole
from harness.tables import (
    ANNOTATIONS,
    ERROR_SPANS,
    GIVEN_RATINGS,
    HYPOTHESES,
    INJECTED_PAIRS,
    PHENOMENA,
    STORED_SCORES,
    UNRELATED,
    TestSet,
    conform,
    table,
)

__all__ = ["InjectedSystems", "Injection", "inject", "injected_system"]


@dataclass(frozen=True)
class Injection:
    """Whether errors are injected, into which translations, and how metrics are judged by them.

    Parameters
    ----------
    enabled
        true, false, or 'auto': where the test set has at most ``auto_segments`` segments.
    base
        'auto', or the name of a system or of a reference that is not in use, or several names.
        'auto' takes the first reference that is not in use; where there is none, or where the test
        set has fewer segments than ``minimum_pairs``, (also) the best rated system, or the first
        one where nobody rated.
    auto_segments
        See ``enabled``.
    minimum_pairs
        A kind of error with fewer pairs is marked as too few to judge a metric by.
    minimum_documents
        Where a kind of error is in fewer documents, its interval leaves out segments in turn, not
        documents.
    confidence
        Of all intervals.
    seed
        Which other segment's translation stands in as the unrelated sentence.
    """

    enabled: bool | str = "auto"
    base: str | list[str] = "auto"
    auto_segments: int = 100
    minimum_pairs: int = 30
    minimum_documents: int = 10
    confidence: float = 0.95
    seed: int = 12345

    def __post_init__(self) -> None:
        check_flag_or_auto("injection.enabled", self.enabled)
        if not self.base:
            raise InputError(
                "the config value injection.base names nothing",
                found=repr(self.base),
                expected="auto, the name of a system or reference, or a list of names",
            )
        check_whole("injection.auto_segments", self.auto_segments, 0)
        check_whole("injection.minimum_pairs", self.minimum_pairs, 1)
        check_whole("injection.minimum_documents", self.minimum_documents, 3)
        check_seed("injection.seed", self.seed)
        check_between("injection.confidence", self.confidence, 0, 1)

    def applies(self, test_set: TestSet) -> bool:
        """Whether errors are put into ``test_set``."""
        if isinstance(self.enabled, bool):
            return self.enabled
        return len(test_set.segments) <= self.auto_segments


@dataclass(frozen=True)
class InjectedSystems:
    """The translations with errors.

    ``test_set`` holds them as systems of the role injected, with rows only where the error fits,
    and the bases that are not systems of the original test set as human systems, so that they are
    scored too. ``pairs`` is the table INJECTED_PAIRS, ``injectors`` all kinds that were tried, also
    those that fit nowhere; ``notes`` say in sentences what was left out.
    """

    test_set: TestSet
    pairs: pd.DataFrame
    bases: tuple[str, ...]
    injectors: Mapping[str, Injector]
    notes: tuple[str, ...] = ()

    def joined(self, test_set: TestSet) -> TestSet:
        """``test_set`` with the injected systems among its own."""
        own = self.test_set.hypotheses
        new = own[~own["system"].isin(test_set.systems)]
        both = pd.concat([test_set.hypotheses, new], ignore_index=True)
        return replace(test_set, hypotheses=conform(both, HYPOTHESES))


def injected_system(injector: str, base: str) -> str:
    """The name as a system of ``base`` with errors of the kind ``injector``."""
    return f"injected:{injector}:{base}"


def inject(
    test_set: TestSet,
    injectors: Mapping[str, Injector],
    injection: Injection,
    *,
    references: Sequence[str],
    ratings: pd.DataFrame | None = None,
) -> InjectedSystems:
    """Put every kind of error into the bases, at most one error per translation.

    Parameters
    ----------
    injectors
        Name in the tables -> injector.
    references
        The references in use: they are no base, and a base's translation that equals one of them,
        letter by letter, is left out and counted in a note.
    ratings
        Table RATINGS, to find the best rated system.

    Raises
    ------
    InputError
        A base is unknown or is a reference in use; an injector has the name of the unrelated
        sentence.
    """
    if UNRELATED in injectors:
        raise InputError(
            f"an injector may not be called {UNRELATED!r}",
            remedy="rename it in the config",
        )
    bases = _bases(test_set, injection, references, ratings)
    taken = _texts_of(test_set.references, "reference_name", "reference")
    used = [taken[name] for name in references if name in taken]
    notes: list[str] = []
    pairs: list[tuple[object, ...]] = []
    hypotheses: list[tuple[object, ...]] = []
    for base, texts in bases.items():
        fair = {s: t for s, t in texts.items() if all(t != own.get(s) for own in used)}
        if len(fair) < len(texts):
            notes.append(
                f"{len(texts) - len(fair)} of {len(texts)} translations of {base} received no "
                "error: they are identical to the reference in use"
            )
        if base not in test_set.systems:
            hypotheses += [(test_set.name, base, "human", s, t) for s, t in texts.items()]
        for segment, text in _unrelated(fair, texts, injection.seed).items():
            name = injected_system(UNRELATED, base)
            hypotheses.append((test_set.name, name, "injected", segment, text))
        for key, injector in injectors.items():
            for passage, done in _injected(test_set, injector, fair):
                row = _pair(test_set.name, key, injector, base, passage, done)
                pairs.append(row)
                hypotheses.append(
                    (test_set.name, row[4], "injected", passage.segment_id, done.hypothesis)
                )
    return InjectedSystems(
        test_set=replace(
            test_set,
            hypotheses=table(hypotheses, HYPOTHESES),
            annotations=table([], ANNOTATIONS),
            error_spans=table([], ERROR_SPANS),
            given_ratings=table([], GIVEN_RATINGS),
            stored_scores=table([], STORED_SCORES),
            phenomena=table([], PHENOMENA),
        ),
        pairs=table(pairs, INJECTED_PAIRS),
        bases=tuple(bases),
        injectors=dict(injectors),
        notes=tuple(notes),
    )


#: Segment -> text.
_Texts = dict[str, str]


def _texts_of(frame: pd.DataFrame, column: str, text: str) -> dict[str, _Texts]:
    """Name of a system or reference -> its texts, in the order of the table."""
    found: dict[str, _Texts] = {}
    for name, segment, words in frame[[column, "segment_id", text]].itertuples(
        index=False, name=None
    ):
        found.setdefault(str(name), {})[str(segment)] = str(words)
    return found


def _bases(
    test_set: TestSet,
    injection: Injection,
    references: Sequence[str],
    ratings: pd.DataFrame | None,
) -> dict[str, _Texts]:
    """The texts of each base, in the order of the segments."""
    spare = [r for r in test_set.reference_names if r not in references]
    if injection.base == "auto":
        names = spare[:1]
        if not names or len(test_set.segments) < injection.minimum_pairs:
            names += [n for n in _best_system(test_set, ratings) if n not in names]
    else:
        wanted = [injection.base] if isinstance(injection.base, str) else injection.base
        names = list(dict.fromkeys(map(str, wanted)))
    available = _texts_of(test_set.references, "reference_name", "reference")
    available = {name: texts for name, texts in available.items() if name in spare}
    available |= _texts_of(test_set.hypotheses, "system", "hypothesis")
    order = list(test_set.segments["segment_id"])
    chosen = {}
    for name in names:
        if name in references and name not in available:
            raise InputError(
                f"errors cannot be put into {name!r}: it is the reference that metrics are given",
                expected=f"one of: {', '.join(sorted(available)) or '(nothing is left)'}",
                remedy="set injection.base=NAME, or give the metrics another reference: "
                "references=[NAME]",
            )
        if name not in available:
            raise unknown_name("system or spare reference", name, available)
        chosen[name] = {s: available[name][s] for s in order if s in available[name]}
    return chosen


def _best_system(test_set: TestSet, ratings: pd.DataFrame | None) -> list[str]:
    """The machine system of the best mean rating, by name where several have it; the first where
    nobody rated one; a human system where there is no machine."""
    machines = [s for s in test_set.systems if test_set.roles[s] == "system"]
    if ratings is not None and len(ratings):
        total = ratings[(ratings["category"] == "all") & ratings["system"].isin(machines)]
        means = total.groupby("system")["rating"].mean().dropna()
        if len(means):
            return [str(means.index[means == means.max()].min())]
    return (machines or test_set.systems)[:1]


def _unrelated(fair: _Texts, texts: _Texts, seed: int) -> _Texts:
    """For each segment of ``fair`` another segment's text, or nothing where all are equal.

    The segments stand in the order of the sha256 of seed and identifier, in a ring; each takes the
    text of the next one that differs from its own.
    """
    ring = sorted(texts, key=lambda s: (hashlib.sha256(f"{seed}|{s}".encode()).digest(), s))
    place = {segment: i for i, segment in enumerate(ring)}
    found = {}
    for segment in fair:
        for step in range(1, len(ring)):
            other = texts[ring[(place[segment] + step) % len(ring)]]
            if other != texts[segment]:
                found[segment] = other
                break
    return found


def _injected(
    test_set: TestSet, injector: Injector, texts: _Texts
) -> list[tuple[Passage, Injected]]:
    """Each passage where the error fits, with what became of it."""
    found = []
    for segment, source in zip(
        test_set.segments["segment_id"], test_set.segments["source"], strict=True
    ):
        if segment in texts:
            passage = Passage(str(segment), str(source), texts[segment])
            done = injector.inject(passage)
            if done is not None:
                found.append((passage, done))
    return found


def _pair(
    test_set: str, key: str, injector: Injector, base: str, passage: Passage, done: Injected
) -> tuple[object, ...]:
    """A row of INJECTED_PAIRS.

    Raises
    ------
    ValueError
        The edit does not turn the one text into the other, or changes nothing: a defect of the
        injector.
    """
    edit, original = done.edit, passage.hypothesis
    rebuilt = original[: edit.start] + edit.text + original[edit.end :]
    if not 0 <= edit.start <= edit.end <= len(original) or rebuilt != done.hypothesis:
        raise ValueError(f"the injector {key!r} misstates its edit of segment {passage.segment_id}")
    if done.hypothesis == original:
        raise ValueError(f"the injector {key!r} changes nothing in segment {passage.segment_id}")
    return (
        test_set,
        key,
        passage.segment_id,
        base,
        injected_system(key, base),
        injector.category,
        injector.subcategory,
        injector.news_category,
        injector.severity,
        original,
        done.hypothesis,
        edit.start,
        edit.end,
        edit.start + len(edit.text),
        edit.source_start,
        edit.source_end,
        done.n_sites,
    )
