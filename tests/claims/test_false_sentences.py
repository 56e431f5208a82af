"""How often is a sentence false? Reports on made-up metrics on real ratings
(:mod:`tests.support.simulated_reports`).

Exchangeable metrics (one signal for all): every sentence that one agrees more with the raters than
another, or sees a category better, is false. Metrics no better than the sentinel 'length': every
sentence that recommends one is false. Metrics without signal: every sentence that one sees a
category is false. For each rule (of ``leading_metric`` for each statistic) at most 5 % of reports
may hold a false sentence, two standard errors more in a simulation.

The short version runs a few reports of each kind; the long one prints the table of
docs/statistics.md (``pytest -m slow -s tests/claims/test_false_sentences.py``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from harness.claims.claim import Claim
from tests.support.simulated_metrics import SCENARIOS
from tests.support.simulated_reports import Shape, drawn_report, shape

LEVEL = 0.05
SHAPES = ("wmt23", "wmt22", "small")
COMPARED = re.compile(
    r"(?<!not shown to )agrees? (with (the raters|the ratings|these \d+ raters) )?more than"
    r"|shown to be more accurate than"
)
#: A metric is recommended, or said to lead, unless one of these stands in the clause.
NOT_PRAISED = re.compile(
    r"no metric can be recommended|cannot be told|nothing can be shown|too few to recommend"
)
SEEN = re.compile(r"(?<!no metric is )(?<!none is )(?<!not )shown to see|are shown to see")
CATEGORIES = ("category_verdict", "category_accuracies", "complementarity", "against_baseline")
#: What two metrics together, or one alone, are not shown to see.
NOT_SEEN = re.compile(
    r"(no metric|none|no metric alone) is shown to see"
    r"|No metric alone and no two metrics together are shown to see"
    r"|No two metrics together are shown to see more of the \d+ kinds[^.;]*? than one metric alone"
    r"|No pair is shown to be more accurate"
)


def rule_of(claim: Claim) -> str:
    """The rule, of ``leading_metric`` with the statistic."""
    if claim.rule != "leading_metric":
        return claim.rule
    return f"{claim.rule}: {claim.text.split(', by ')[1].split(':')[0]}"


def says_better(claim: Claim) -> bool:
    """Whether it says that one metric is better than another."""
    return COMPARED.search(claim.text) is not None


def recommends(claim: Claim) -> bool:
    """Whether it lets a metric lead: one clause without a caution is enough."""
    if claim.rule in CATEGORIES:
        return False
    clauses = re.split(r"(?<=[:;]) (?=by )", claim.text)
    clauses = [c for c in clauses if c.startswith("by ") or "by " in c]
    return any(NOT_PRAISED.search(c) is None for c in clauses)


def sees(claim: Claim) -> bool:
    """Whether it says that a metric, or two together, see a category, or see it better."""
    if claim.rule not in CATEGORIES:
        return False
    text = NOT_SEEN.sub("", claim.text)
    better = claim.rule == "complementarity" and "shown to be more accurate" in text
    return "shown to see" in text or better or differs(claim)


def differs(claim: Claim) -> bool:
    """Whether it says that a metric differs from the baseline on a category."""
    return claim.rule == "against_baseline" and "is shown to be" in claim.text


def test_the_judges_of_sentences_know_true_from_false() -> None:
    def claim(text: str, rule: str = "segment_verdict") -> Claim:
        return Claim(rule, "open", text, "")

    assert says_better(claim("By X, A (.5) has the highest value and is shown to agree with the "
                             "raters more than B (.4)."))  # fmt: skip
    for who in ("the ratings", "these 8 raters"):
        assert says_better(claim(f"By X, A agrees with {who} more than B does."))
    assert not says_better(claim("By X, no metric is told apart: A has the highest value."))
    disagree = "The two statistics disagree: by X A is shown to agree more than B; by Y B has the"
    assert says_better(claim(f"{disagree} higher value, and neither is shown to agree more."))
    assert not says_better(
        claim("By X A has the higher value, and neither is shown to agree more.")
    )
    assert recommends(claim("In all, by X, A has the highest value and is not shown to beat the "
                            "sentinel length; B is shown to beat it."))  # fmt: skip
    assert recommends(claim("Within segments: by X, A has the highest value; by Y, no metric can "
                            "be recommended: A has the highest value."))  # fmt: skip
    assert not recommends(claim("Within segments, by X, no metric can be recommended: A has."))
    assert sees(claim("Name: A 60.0 % is shown to see it, B is not.", "category_accuracies"))
    assert not sees(claim("Name: no metric is shown to see it.", "category_accuracies"))
    assert sees(claim("By category, metrics are shown to see errors of name (A); none is shown "
                      "to see errors of style.", "category_verdict"))  # fmt: skip
    assert not sees(
        claim("By category, no metric is shown to see errors of a.", "category_verdict")
    )
    blind = "No metric alone and no two metrics together are shown to see any of the 6 kinds. "
    assert not sees(claim(f"{blind}No pair is shown to be more accurate on a.", "complementarity"))
    assert sees(claim(f"{blind}1 of 3 pairs is shown to be more accurate.", "complementarity"))
    assert sees(claim("Two metrics together are shown to see at most 1 of the 6 kinds: A with B; "
                      "no metric alone is shown to see any.", "complementarity"))  # fmt: skip
    assert differs(
        claim(
            "On these systems, A is shown to be more accurate on name (+4.0) than B.",
            "against_baseline",
        )
    )
    assert not differs(
        claim(
            "On these systems, A is not shown to differ from B on errors of a.", "against_baseline"
        )
    )
    none = "No two metrics together are shown to see more of the 6 kinds than one metric alone"
    assert sees(claim(f"{none}, which is shown to see at most 1: A.", "complementarity"))


class Tally:
    """Rule -> for each report, whether it held a false sentence."""

    def __init__(self) -> None:
        self.false: dict[str, list[bool]] = defaultdict(list)
        self.any: list[bool] = []

    def count(self, claims: Sequence[Claim], false: Callable[[Claim], bool]) -> None:
        by_rule: dict[str, bool] = {}
        for claim in claims:
            rule = rule_of(claim)
            by_rule[rule] = by_rule.get(rule, False) or false(claim)
        for rule, found in by_rule.items():
            self.false[rule].append(found)
        self.any.append(any(by_rule.values()))

    def show(self, *labels: object) -> None:
        for rule, found in self.false.items():
            print(*labels, rule, f"{np.mean(found):.3f}", len(found), sep=" | ")  # noqa: T201
        print(*labels, "any sentence", f"{np.mean(self.any):.3f}", len(self.any), sep=" | ")  # noqa: T201

    def check(self) -> None:
        for rule, found in self.false.items():
            limit = LEVEL + 2 * np.sqrt(LEVEL * (1 - LEVEL) / len(found))
            assert np.mean(found) <= limit, rule


Kind = tuple[float, float, bool, Callable[[Claim], bool]]
#: What is simulated: signal of the metrics, of the sentinel, whether by category, what is false.
KINDS: dict[str, Kind] = {
    "equal metrics": (0.4, 0.0, False, says_better),
    "no better than length": (0.4, 0.4, False, recommends),
    "blind to categories": (0.0, 0.0, True, sees),
    "equal on categories": (0.4, 0.0, True, differs),
}


def simulate(own: Shape, kind: str, scenario: str, n_metrics: int, repetitions: int) -> Tally:
    """The tally over so many reports."""
    signal, sentinel, categories, false = KINDS[kind]
    tally = Tally()
    for k in range(repetitions):
        seed = [k, list(SCENARIOS).index(scenario), n_metrics, list(KINDS).index(kind)]
        claims = drawn_report(
            own,
            [signal] * n_metrics,
            SCENARIOS[scenario],
            seed,
            sentinel_signal=sentinel,
            categories=categories,
        )
        tally.count(claims, false)
    tally.show(kind, scenario, n_metrics, f"{own.matrix.shape[0]} systems")
    return tally


@pytest.mark.parametrize("kind", KINDS)
def test_a_few_reports(mirror: Path, kind: str) -> None:
    tally = simulate(shape("small", mirror), kind, "strong", 3, 6)
    assert tally.any
    tally.check()


def test_skill_is_found(mirror: Path) -> None:
    """The judges are not blind: metrics of unlike skill are told apart, good ones recommended."""
    claims = drawn_report(
        shape("wmt23", mirror), [0.7, 0.2, 0.0], SCENARIOS["iid"], [1], categories=True
    )
    found = {rule for claim in claims if says_better(claim) for rule in [claim.rule]}
    assert {"segment_verdict", "leading_metric"} <= found
    assert any(recommends(c) for c in claims if c.rule == "segment_verdict")
    assert any(sees(c) for c in claims if c.rule == "category_verdict")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("n_metrics", [4, 31])
def test_share_of_false_reports(
    mirror: Path, kind: str, scenario: str, name: str, n_metrics: int
) -> None:
    own = shape(name, mirror)
    repetitions = {4: 100, 31: 25}[n_metrics]
    if KINDS[kind][3] is differs and scenario == "strong":
        pytest.skip("a strong bias for systems makes equal metrics unlike on these systems")
    if KINDS[kind][2] and own.penalties is None:
        pytest.skip("WMT22's ratings came without annotated errors")
    simulate(own, kind, scenario, n_metrics, repetitions).check()
