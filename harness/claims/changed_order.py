"""Whether a setting changes which metric agrees more with the raters, over a sweep."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.claims.claim import Claim, Facts, Rule, evidence_of
from harness.claims.standings import ACCURACY, PAIRS, PDP, PEARSON, SOFT, TESTED, Asked
from harness.claims.wording import some
from harness.support.formatting import count, listed, plural

__all__ = ["ChangedOrder", "EqualSettings"]

Row = dict[Hashable, Any]
#: Where the metrics were compared, by level.
PLACES = {"segment": "within segments", "system": "on whole systems"}


@dataclass(frozen=True)
class ChangedOrder(Rule):
    """Pairs of metrics of which one is shown to agree more under one setting of a sweep, and the
    other under another.

    The tables of the facts are those of a sweep: of all its runs, with the columns ``job`` and
    ``setting``.
    """

    name = "changed_order"
    licence = (
        "Both orders are shown, each by the adjusted test of its own run; an order that only looks "
        "different may be chance."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """A claim for each statistic by which two metrics are shown in opposite orders, and one for
        all others that were tested under two settings or more."""
        tests = facts.table("metric_tests")
        if tests is None or "setting" not in tests:
            return
        tests = tests[(tests["family"] == "metrics") & (tests["category"] == "all")]
        tests = tests[tests["holds_level"].astype(bool) & tests["p"].notna()]
        opposed: list[tuple[Asked, list[tuple[Row, Row]]]] = []
        alike: list[tuple[Asked, pd.DataFrame]] = []
        for asked in (ACCURACY, PEARSON, PDP, SOFT, PAIRS):
            own = tests[
                (tests["level"] == asked.level)
                & (tests["statistic"] == asked.statistic)
                & (tests["grouping"] == asked.grouping)
                & (tests["system_score"] == asked.system_score)
            ]
            if own["setting"].nunique() < 2:
                continue
            pairs = _opposed(own)
            if pairs:
                opposed.append((asked, pairs))
            else:
                alike.append((asked, own))
        settings = plural(tests["setting"].nunique(), "setting")
        for asked, pairs in opposed:
            yield self._in_opposite_orders(asked, pairs, settings, facts)
        if alike:
            yield self._in_none(alike, settings)

    def _in_opposite_orders(
        self, asked: Asked, pairs: list[tuple[Row, Row]], settings: str, facts: Facts
    ) -> Claim:
        named = some(
            [
                f"{facts.label(one['metric_1'])} over {facts.label(one['metric_2'])} under "
                f"{one['setting']}, the reverse under {other['setting']}"
                for one, other in pairs
            ]
        )
        rows = [evidence_of("metric_tests", row, TESTED) for both in pairs for row in both]
        subject = (
            "one pair of metrics is"
            if len(pairs) == 1
            else f"{plural(len(pairs), 'pair')} of metrics are"
        )
        return self.claim(
            "shown",
            f"By {asked.name} {PLACES[asked.level]}, under {settings}, {subject} shown in opposite "
            f"orders: {named}.",
            rows,
        )

    def _in_none(self, alike: list[tuple[Asked, pd.DataFrame]], settings: str) -> Claim:
        counts = [_flips(own) for _, own in alike]
        flips, compared = (sum(column) for column in zip(*counts, strict=True))
        by_level = {
            level: [asked.name for asked, _ in alike if asked.level == level] for level in PLACES
        }
        by = " or by ".join(
            f"{listed(names, 'or')} {PLACES[level]}" for level, names in by_level.items() if names
        )
        return self.claim(
            "open",
            f"Under {settings}, no two metrics are shown in opposite orders by {by}; the observed "
            f"orders are opposite in {count(flips)} of {count(compared)} comparisons of a pair of "
            "metrics between two settings, which is not tested.",
        )


@dataclass(frozen=True)
class EqualSettings(Rule):
    """Which settings of a sweep give the same agreement everywhere, so that they are really one."""

    name = "equal_settings"
    licence = "Equal values of every statistic and metric in these runs; no test."

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """A claim for each group of settings without a difference."""
        meta = facts.table("meta_evaluation")
        if meta is None or "setting" not in meta:
            return
        meta = meta[meta["metric"].isin(facts.metrics) & (meta["subset"] == "all")]
        key = [*TOPIC, "metric"]
        alike: dict[tuple[tuple[object, ...], ...], list[str]] = {}
        for setting, rows in meta.groupby("setting", sort=False):
            own = rows.drop_duplicates(key)[[*key, "value"]].astype({"value": str})
            values = tuple(tuple(row) for row in own.sort_values(key).to_numpy())
            alike.setdefault(values, []).append(str(setting))
        for settings in alike.values():
            if len(settings) > 1:
                yield self.claim(
                    "described",
                    f"Equal in every value: {'; '.join(settings)}. What is set differently there "
                    "has no effect, as weights of errors have none on ratings that came as "
                    "numbers.",
                )


#: What identifies a statistic.
TOPIC = ("level", "category", "statistic", "grouping", "system_score")


def _opposed(tests: pd.DataFrame) -> list[tuple[Row, Row]]:
    """For each pair of metrics shown in both orders, a test of each order."""
    sure = tests[(tests["p_adjusted"] <= tests["alpha"]) & (tests["difference"] > 0)]
    first: dict[tuple[str, str], Row] = {}
    for row in sure.to_dict("records"):
        first.setdefault((row["metric_1"], row["metric_2"]), row)
    return [
        (row, first[two, one])
        for (one, two), row in first.items()
        if one < two and (two, one) in first
    ]


def _flips(tests: pd.DataFrame) -> tuple[int, int]:
    """How many comparisons of a pair of metrics under two settings have opposite observed orders,
    of how many."""
    pairs = tests["metric_1"].where(tests["metric_1"] < tests["metric_2"], tests["metric_2"])
    others = tests["metric_2"].where(tests["metric_1"] < tests["metric_2"], tests["metric_1"])
    straight = (tests["metric_1"] == pairs) & (tests["difference"] > 0)
    reverse = (tests["metric_1"] != pairs) & (tests["difference"] > 0)
    flips = compared = 0
    frame = pd.DataFrame({"one": pairs, "two": others, "up": straight, "down": reverse})
    for _, own in frame.groupby(["one", "two"], sort=False):
        flips += int(own["up"].sum()) * int(own["down"].sum())
        compared += len(own) * (len(own) - 1) // 2
    return flips, compared
