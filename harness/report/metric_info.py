"""What the report needs to know about each metric: label, role and number of decimals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from harness.report.content import ReportContent, records
from harness.support.formatting import humanise, score_decimals

__all__ = ["MetricInfo", "metric_infos"]


@dataclass(frozen=True)
class MetricInfo:
    """A metric: name in the config, label, signature, role (metric or sentinel), family (empty for
    sentinels), decimals."""

    name: str
    label: str
    signature: str
    role: str
    family: str
    decimals: int

    @property
    def is_sentinel(self) -> bool:
        return self.role == "sentinel"


#: Those that were made, by content: every section needs them.
_MADE: WeakKeyDictionary[ReportContent, dict[str, MetricInfo]] = WeakKeyDictionary()


def metric_infos(content: ReportContent) -> dict[str, MetricInfo]:
    """Every metric of the run by name: those of the table ``metrics`` first, in its order, then
    those that only other tables name (labelled by their name)."""
    if content not in _MADE:
        _MADE[content] = _metric_infos(content)
    return dict(_MADE[content])


def _metric_infos(content: ReportContent) -> dict[str, MetricInfo]:
    scores, systems = content.table("scores"), content.table("systems")
    values: dict[str, list[float]] = {}
    for frame in (systems, scores):
        if frame is not None:
            for name, largest in (
                frame["score"].abs().groupby(frame["metric"], sort=False).max().items()
            ):
                values.setdefault(str(name), []).append(float(largest))
    infos: dict[str, MetricInfo] = {}
    listed = content.table("metrics")
    if listed is not None:
        for row in records(listed):
            name = str(row.metric)
            infos[name] = MetricInfo(
                name,
                str(row.label),
                str(row.signature),
                str(row.role),
                str(row.family),
                score_decimals(values.get(name, ())),
            )
    for name in values:
        if name not in infos:
            infos[name] = MetricInfo(name, name, "", "metric", "", score_decimals(values[name]))
    return infos


def label_of(infos: Mapping[str, MetricInfo], name: str) -> str:
    """The label of a metric; its name in words where it is not a metric of the run."""
    return infos[name].label if name in infos else humanise(name)
