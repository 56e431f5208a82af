"""Which metric agrees more with the raters, by each statistic, and in the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from harness.claims.claim import Claim, Facts, Kind, Rule
from harness.claims.standings import (
    ACCURACY,
    PAIRS,
    PDP,
    PEARSON,
    SOFT,
    Asked,
    Standing,
    standing,
)
from harness.claims.wording import MOST_NAMED, adjusted, p_text, some
from harness.significance import CONSTANT
from harness.significance.two_way.spread import FEWEST_SYSTEMS
from harness.support.formatting import listed, plural

__all__ = ["LeadingMetric", "SegmentVerdict", "SystemVerdict", "opponent_text"]

LICENCE = (
    "One family of two-sided tests for each statistic: all pairs of metrics, by the two-way "
    "jackknife over systems and documents (pairwise accuracy: by exchange of whole systems), "
    "p adjusted by Holm, from 9 metrics on by single-step max-T, whose variances leave out the "
    "part that systems and documents share (pairwise accuracy: always by Holm). A metric is "
    "praised only where it is also shown to beat one score for everything and the sentinel with "
    "the highest value, Holm over metrics, on at least 6 systems and 10 documents. Where each "
    "document has one rater, 'the raters' means that leaving out raters with their documents "
    "shows the same."
)


@dataclass(frozen=True)
class LeadingMetric(Rule):
    """By each statistic: which metric leads, whether it is shown to beat what no metric should lose
    to, and which metrics are shown to agree less with the raters."""

    name = "leading_metric"
    licence = LICENCE

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim for each statistic of :mod:`harness.claims.standings` that the run has."""
        for asked in (ACCURACY, PEARSON, PDP, SOFT, PAIRS):
            own = standing(facts, asked)
            if own is None:
                continue
            text = f"{_place(asked)}, by {asked.name}: {_in_full(own, facts)}{_unit([own])}."
            yield self.claim(_kind(own), text, own.evidence())


@dataclass(frozen=True)
class SegmentVerdict(Rule):
    """Which metric agrees more with the raters on translations of one segment: by accuracy with
    ties and by Pearson's correlation, in one sentence."""

    name = "segment_verdict"
    licence = LICENCE

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim where the run has one of the two statistics."""
        found = [s for s in (standing(facts, a) for a in (ACCURACY, PEARSON)) if s is not None]
        if found:
            yield _verdict(self, "Within segments", found, facts)


@dataclass(frozen=True)
class SystemVerdict(Rule):
    """Which metric agrees more with the raters on whole systems, by soft pairwise accuracy."""

    name = "system_verdict"
    licence = LICENCE

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim where the run has soft pairwise accuracy, or else pairwise accuracy."""
        own = standing(facts, SOFT) or standing(facts, PAIRS)
        if own is not None:
            yield _verdict(self, "On whole systems", [own], facts)


def opponent_text(name: str, facts: Facts) -> str:
    """What a metric was tested against, in words."""
    return "one score for everything" if name == CONSTANT else facts.sentinel(name)


def _place(asked: Asked) -> str:
    return "Within segments" if asked.level == "segment" else "On whole systems"


def _kind(own: Standing) -> Kind:
    """Whether a test shows what the standing says of the leading metric, or it is left open."""
    if own.status in ("untested", "impossible", "unbeaten", "open"):
        return "open"
    return "shown" if own.worse or len(own.values) == 1 else "open"


def _verdict(rule: Rule, place: str, found: Sequence[Standing], facts: Facts) -> Claim:
    """The standings by one or two statistics in one sentence: said once where they say the same."""
    clauses: dict[str, list[str]] = {}
    for own in found:
        clauses.setdefault(_in_short(own, facts), []).append(own.asked.name)
    parts = [f"by {listed(names)}, {clause}" for clause, names in clauses.items()]
    power = _power(found[0]) if len(found) == 1 else ""
    text = f"{place}{', ' if len(parts) == 1 else ': '}{'; '.join(parts)}{power}{_unit(found)}."
    kind: Kind = "shown" if any(_kind(own) == "shown" for own in found) else "open"
    return rule.claim(kind, text, [e for own in found for e in own.evidence()], in_verdict=True)


def _in_short(own: Standing, facts: Facts) -> str:
    """A standing as a clause."""
    best, status = facts.label(own.best), own.status
    if status in ("untested", "impossible"):
        return _cannot_tell(own, facts)
    if status == "unbeaten":
        return _unbeaten(own, facts, opponent_text(own.opponent, facts), "")
    if len(own.values) == 1:
        rival = opponent_text(own.opponent, facts)
        return f"{best}, the only metric, is shown to beat {rival}{_few(own)}"
    if status == "winner":
        return f"{best} agrees with {own.raters} more than {_the_others(own, facts)}"
    return _worse_and_open(own, facts, values=False)


def _in_full(own: Standing, facts: Facts) -> str:
    """A standing with its numbers."""
    best, status = facts.label(own.best), own.status
    if status in ("untested", "impossible"):
        return _cannot_tell(own, facts)
    value = own.asked.shown(own.values[own.best])
    if own.against is None:
        raise ValueError("a tested standing has a test against the sentinels")
    rival = (
        f"{opponent_text(own.opponent, facts)} ({own.asked.shown(own.against['opponent_value'])}; "
        f"{adjusted(own.against['p_adjusted'])})"
    )
    if status == "unbeaten":
        return _unbeaten(own, facts, rival, f" ({value})") + _power(own)
    if len(own.values) == 1:
        return f"{best} ({value}), the only metric, is shown to beat {rival}{_few(own)}"
    if status == "winner":
        second = next(iter(own.worse))
        return (
            f"{best} ({value}) agrees with {own.raters} more than {_the_others(own, facts)}; the "
            f"next is {facts.label(second)} ({own.asked.shown(own.values[second])}; "
            f"{adjusted(own.worse[second]['p_adjusted'])})"
        )
    return _worse_and_open(own, facts, values=True) + _power(own)


def _cannot_tell(own: Standing, facts: Facts) -> str:
    if own.status == "impossible":
        return (
            f"nothing can be shown: with {len(own.values)} metrics and "
            f"{plural(own.n_systems, 'system')} the smallest adjusted p that is possible is "
            f"{p_text(own.smallest_p).removeprefix('p = ')}"
        )
    if len(own.values) == 1:
        only = facts.label(own.best)
        return (
            f"it cannot be told whether {only}, the only metric, beats one score for everything: "
            f"{own.reason}"
        )
    return f"it cannot be told which metric agrees more with the ratings: {own.reason}"


def _few(own: Standing) -> str:
    """What is too few to speak of other systems, if anything is."""
    if own.other_systems:
        return ""
    these = f" (for these {plural(own.n_systems, 'system')} only"
    if own.n_systems < FEWEST_SYSTEMS:
        return f"{these}, too few to recommend a metric)"
    return f"{these}: {_units(own)} are too few to recommend a metric)"


def _units(own: Standing) -> str:
    """On how many documents the tests rest; of segments where documents are not known."""
    if own.by_segments:
        return plural(own.n_segments, "segment")
    return plural(own.n_documents, "document")


def _unit(found: Sequence[Standing]) -> str:
    """What tests by segments take for granted."""
    if any(own.by_segments and own.status not in ("untested", "impossible") for own in found):
        return " (documents are not known, so the tests take segments to be independent)"
    return ""


def _worse_and_open(own: Standing, facts: Facts, *, values: bool) -> str:
    """What the tests of the leading metric show and leave open."""
    best, have = _leading(own, facts)
    reached = f" ({own.asked.shown(own.values[own.best])})" if values else ""
    untested = [facts.label(m) for m in own.missing]
    tail = _few(own) + (f"; {some(untested)} could not be tested" if untested else "")
    rest = _not_told(own, facts)
    if not own.worse:
        rest = f", and {rest}" if rest else ""
        text = f"no metric is told apart: {best}{reached} {have} the highest value"
    else:
        rest = f"; {rest}" if rest else ""
        one = " and" if len(own.leaders) == 1 else f", and {facts.label(own.best)}"
        text = (
            f"{best}{reached} {have} the highest value{one} is shown to agree with {own.raters} "
            f"more than {_named(own, facts, values=values)}"
        )
    return text + rest + _ties_of_their_own(own, facts) + tail


def _leading(own: Standing, facts: Facts) -> tuple[str, str]:
    """The metrics with the largest value, and the verb."""
    leaders = [facts.label(m) for m in own.leaders]
    return some(leaders), "has" if len(leaders) == 1 else "have"


def _unbeaten(own: Standing, facts: Facts, rival: str, reached: str) -> str:
    """What can be said where the leading metric is not shown to beat a sentinel."""
    leaders = [m for m in own.leaders if m not in own.beating]
    best, one = some([facts.label(m) for m in leaders]), len(leaders) == 1
    below = own.against is not None and own.values[own.best] < own.against["opponent_value"]
    have, lie, be = ("has", "lies", "is") if one else ("have", "lie", "are")
    lacks = f"{lie} below {rival}" if below else f"{be} not shown to beat {rival}"
    text = f"{best}{reached} {have} the highest value and {lacks}"
    if own.beating:
        verb = "is" if len(own.beating) == 1 else "are"
        return f"{text}; {some([facts.label(m) for m in own.beating])} {verb} shown to beat it"
    return f"no metric can be recommended: {text}"


def _not_told(own: Standing, facts: Facts) -> str:
    """The metrics below the leading one and not told apart from it: by name if they are few, ''
    if there is none."""
    names = [facts.label(m) for m in own.open if m not in own.leaders]
    it = "it" if len(own.leaders) == 1 else facts.label(own.best)
    if not names:
        return ""
    if len(names) > 3:
        return f"{len(names)} others are not told apart from {it}"
    return f"{some(names)} {'is' if len(names) == 1 else 'are'} not told apart from {it}"


def _ties_of_their_own(own: Standing, facts: Facts) -> str:
    """The metrics that accuracy with ties punishes for ties that people do not have."""
    if not own.punished:
        return ""
    names = some([facts.label(m) for m in own.punished], most=3)
    one = len(own.punished) == 1
    be, tie, they = ("is", "it ties", "it is") if one else ("are", "they tie", "they are")
    return (
        f"; {names} {be} left aside: {tie} more often than the raters do, which accuracy with ties "
        f"punishes, and by Pearson's correlation {they} not shown to be worse"
    )


def _named(own: Standing, facts: Facts, *, values: bool = True) -> str:
    """The metrics shown to agree less, the best of them first."""
    names = [
        f"{facts.label(m)} ({own.asked.shown(own.values[m])})" if values else facts.label(m)
        for m in own.worse
    ]
    return some(names, most=MOST_NAMED if values else 3)


def _the_others(own: Standing, facts: Facts) -> str:
    n = len(own.worse)
    if n == 1:
        return f"{facts.label(next(iter(own.worse)))} does"
    return f"each of the other {n} metrics does"


def _power(own: Standing) -> str:
    """What would have been found, because 'not shown' does not mean 'no difference'."""
    found = own.detectable
    if np.isnan(found):
        return ""
    where = f"; on {plural(own.n_systems, 'system')} and {_units(own)}"
    best = "the leading metric"
    if found >= own.values[own.best] - own.chance:
        return f"{where} not even a metric at chance could reliably be told apart from {best}"
    below = f"a metric {own.asked.apart(found)} below {best}"
    return f"{where} {below} would most likely have been told apart from it"
