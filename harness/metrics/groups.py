"""Groups of metrics: which metrics they hold is known once the test set is read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.errors import InputError
from harness.metrics.base import Metric
from harness.tables import TestSet

__all__ = ["Members", "MetricGroup", "Selectable", "only_metrics", "with_members"]


@dataclass(frozen=True)
class Members:
    """The metrics and sentinels of a run, by name, and the ``test_set`` with what they read.
    ``warnings`` say in sentences what may be wrong with it; ``sources`` are the cards of the scores
    (title, licence, citation)."""

    test_set: TestSet
    metrics: Mapping[str, Metric]
    sentinels: Mapping[str, Metric] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    sources: tuple[Mapping[str, Any], ...] = ()


class MetricGroup(ABC):
    """Several metrics under one name in a config. ``origin`` says in a word where their scores come
    from; it stands behind the label of a metric that would otherwise be mistaken for another."""

    origin: str = "stored"

    @abstractmethod
    def members(self, test_set: TestSet) -> Members:
        """The metrics of the group for this test set."""


#: What a config of metrics may describe.
Selectable = Metric | MetricGroup


def with_members(test_set: TestSet, selected: Mapping[str, Selectable]) -> Members:
    """``selected`` with each group replaced by its members, in order.

    A member whose label is that of another metric gets the group's origin behind it: a stored BLEU
    beside a computed one is ``BLEU (submitted)``. The same holds for names.

    Raises
    ------
    InputError
        The test set does not have the scores of a group, or a group does not have a metric that is
        asked for.
    """
    metrics = {key: one for key, one in selected.items() if isinstance(one, Metric)}
    own_names, own_labels = set(metrics), {metric.name for metric in metrics.values()}
    ordered: dict[str, Metric] = {}
    sentinels: dict[str, Metric] = {}
    warnings: list[str] = []
    sources: list[Mapping[str, Any]] = []
    for key, one in selected.items():
        if isinstance(one, Metric):
            ordered[key] = one
            continue
        found = one.members(test_set)
        test_set = found.test_set
        warnings += found.warnings
        sources += [source for source in found.sources if source not in sources]
        for kind, members in ((ordered, found.metrics), (sentinels, found.sentinels)):
            for name, metric in members.items():
                label = _told_apart(metric.name, own_labels, one.origin)
                kind[_told_apart(name, own_names, one.origin)] = replace(metric, name=label)
                own_labels.add(label)
        own_names |= {*ordered, *sentinels}
    return Members(test_set, ordered, sentinels, tuple(warnings), tuple(sources))


def _told_apart(name: str, taken: Iterable[str], origin: str) -> str:
    """``name``, with ``origin`` behind it where it is taken."""
    return f"{name} ({origin})" if name in taken else name


def only_metrics(selected: Mapping[str, Selectable]) -> dict[str, Metric]:
    """``selected``, where there is no test set that could give a group its members.

    Raises
    ------
    InputError
        There is a group among them.
    """
    for key, one in selected.items():
        if isinstance(one, MetricGroup):
            raise InputError(
                f"{key!r} reads scores of a test set, and here are only texts",
                remedy="choose metrics that are computed, for example bleu,chrf",
            )
    return {key: one for key, one in selected.items() if isinstance(one, Metric)}
