"""Hackability: how high a metric ranks texts that no reader would take for a translation.

A metric that is used to choose or to train systems is under attack by whatever it rewards. Five
texts are made without regard to quality and scored like a system: the source itself, one text for
every segment (of 20 candidates the one that the metric likes best), every translation of the median
system twice, its first half followed by the second half of the source, and a refusal. (Users of
COMET report copies of the source that score .68 to .82.)
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from harness.support.checks import check_flag_or_auto, check_seed, check_whole
from harness.system_comparison.shown import best_first
from harness.tables import ATTACKS, HYPOTHESES, TestSet, table

__all__ = ["Attacking", "attack_ranks", "attacked", "middle_system"]

COPY, CONSTANT, TWICE = "copy of the source", "one text for every segment", "said twice"
TAIL, REFUSAL = "untranslated second half", "a refusal"
REFUSED = "I'm sorry, but I can't help with that request."
#: Joins the name of an attack and the number of a candidate; no system is called so.
MARK = "\x1f"


@dataclass(frozen=True)
class Attacking:
    """Whether such texts are scored: true, false, or 'auto', where the test set has at most
    ``auto_segments`` segments; ``candidates`` for the one text, drawn with ``seed``."""

    enabled: bool | str = "auto"
    auto_segments: int = 100
    candidates: int = 20
    seed: int = 12345

    def __post_init__(self) -> None:
        check_flag_or_auto("attacks.enabled", self.enabled)
        check_whole("attacks.auto_segments", self.auto_segments, 0)
        check_whole("attacks.candidates", self.candidates, 1)
        check_seed("attacks.seed", self.seed)

    def applies(self, test_set: TestSet) -> bool:
        """Whether they are made for ``test_set``, which has a machine translation."""
        machine = any(role == "system" for role in test_set.roles.values())
        if isinstance(self.enabled, bool):
            return self.enabled and machine
        return machine and len(test_set.segments) <= self.auto_segments


def middle_system(test_set: TestSet, scores: pd.DataFrame, metrics: Sequence[str]) -> str:
    """The machine system in the middle by mean rank over the corpus scores of ``metrics``: of an
    even number, the better one."""
    roles = test_set.roles
    own = scores[scores["segment_id"].isna() & scores["metric"].isin(list(metrics))]
    order = best_first(own[[roles.get(system) == "system" for system in own["system"]]])
    return order[(len(order) - 1) // 2]


def attacked(test_set: TestSet, middle: str, attacking: Attacking) -> TestSet:
    """``test_set`` with the attacks in place of its systems; those with one text for every segment
    are numbered after a mark."""
    whole = test_set.hypotheses
    own = whole[whole["system"] == middle].set_index("segment_id")["hypothesis"]
    segments = test_set.segments[test_set.segments["segment_id"].isin(own.index)]
    ids = [str(i) for i in segments["segment_id"]]
    sources = dict(zip(ids, segments["source"].map(str), strict=True))
    said = {i: str(own[i]) for i in ids}
    texts = sorted(set(said.values()))
    drawn = random.Random(attacking.seed).sample(texts, min(attacking.candidates, len(texts)))
    made = {
        COPY: sources,
        TWICE: {i: f"{said[i]} {said[i]}" for i in ids},
        TAIL: {i: f"{_half(said[i], first=True)} {_half(sources[i], first=False)}" for i in ids},
        REFUSAL: dict.fromkeys(ids, REFUSED),
        **{f"{CONSTANT}{MARK}{k}": dict.fromkeys(ids, text) for k, text in enumerate(drawn)},
    }
    rows = [
        (test_set.name, attack, "system", i, text)
        for attack, by_segment in made.items()
        for i, text in by_segment.items()
    ]
    return TestSet(
        test_set.name,
        test_set.segments,
        test_set.references,
        table(rows, HYPOTHESES),
        card=test_set.card,
    )


def _half(text: str, *, first: bool) -> str:
    """The first or second half of a text: of its words, or of its characters where it has no
    spaces."""
    words = text.split(" ")
    parts, joint = (words, " ") if len(words) > 1 else (list(text), "")
    middle = (len(parts) + 1) // 2
    return joint.join(parts[:middle] if first else parts[middle:])


def attack_ranks(
    test_set: TestSet, scores: pd.DataFrame, attacks: pd.DataFrame, middle: str
) -> pd.DataFrame:
    """Table ATTACKS: the rank that each attack would get among the machine systems.

    ``scores`` and ``attacks`` are tables SCORES of the systems and of the texts of
    :func:`attacked`. Of the texts for every segment, each metric's best is taken. A metric without
    a corpus score of a system or of the attack has no row.
    """
    roles = test_set.roles
    machine = scores[[roles.get(system) == "system" for system in scores["system"]]]
    rows = []
    for metric in dict.fromkeys(attacks["metric"]):
        systems = _corpus(machine, metric)
        found = _corpus(attacks, metric)
        if systems.isna().any() or not len(systems):
            continue
        named = found.groupby([name.split(MARK)[0] for name in found.index], sort=False)
        for attack, own in named:
            if own.isna().all():
                continue
            best = str(own.idxmax())
            rows.append(
                {
                    "test_set": test_set.name,
                    "metric": metric,
                    "attack": attack,
                    "score": float(own[best]),
                    "rank": 1 + int((systems >= own[best]).sum()),
                    "n_systems": len(systems),
                    "middle_system": middle,
                    "middle_score": float(systems[middle]),
                    "segments_won": _won(attacks, machine, str(metric), best, middle),
                }
            )
    return table(rows, ATTACKS)


def _corpus(scores: pd.DataFrame, metric: object) -> pd.Series[float]:
    own = scores[(scores["metric"] == metric) & scores["segment_id"].isna()]
    return own.set_index("system")["score"]


def _won(
    attacks: pd.DataFrame, machine: pd.DataFrame, metric: str, attack: str, middle: str
) -> float:
    """The share of segments on which the attack scores at least as high as the middle system."""
    one, two = (
        frame[
            (frame["metric"] == metric) & (frame["system"] == name) & frame["segment_id"].notna()
        ].set_index("segment_id")["score"]
        for frame, name in ((attacks, attack), (machine, middle))
    )
    both = pd.concat([one.rename("attack"), two.rename("middle")], axis=1).dropna()
    return float((both["attack"] >= both["middle"]).mean()) if len(both) else float("nan")
