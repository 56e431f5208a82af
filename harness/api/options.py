"""Names or objects: turns what a user passes to the public functions into the objects that stages
take.

A name is looked up among the options of the command line, by the same code, so a misspelt name
gives the same message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from harness.config import compose
from harness.config.objects import build, build_all
from harness.config.overrides import quoted
from harness.errors import InputError
from harness.metrics import Metric
from harness.metrics.groups import MetricGroup, Selectable
from harness.ratings.rating import Weights
from harness.ratings.views import View
from harness.tables import TestSet
from harness.test_sets.named import load_test_set

__all__ = [
    "MetricLike",
    "config_of",
    "injectors_of",
    "metrics_of",
    "part_of",
    "statistics_of",
    "test_set_of",
    "views_of",
    "weights_of",
]

#: A metric's name in conf/metrics/, a metric or group of metrics, or a function of (source,
#: hypothesis, references).
MetricLike = str | Metric | MetricGroup | Callable[[str, str, Sequence[str]], float]


def config_of(*overrides: str) -> DictConfig:
    """The config that the command line would make from ``overrides``.

    Raises
    ------
    InputError
        An override cannot be read, or names what does not exist.
    """
    return compose.config_of(list(overrides), None)


#: Groups of many files: putting a config together takes most of its time for them.
_LARGE = ("injectors", "plots", "claims", "sentinels")


def part_of(*overrides: str) -> DictConfig:
    """:func:`config_of` for a function that is no run: the large groups are left out, except those
    that ``overrides`` name."""
    named = {re.split(r"[=.]", override.lstrip("+~"), maxsplit=1)[0] for override in overrides}
    return config_of(*(f"{group}=none" for group in _LARGE if group not in named), *overrides)


def test_set_of(given: str | TestSet) -> TestSet:
    """A test set by name or by the path of its card, or the given test set.

    Raises
    ------
    InputError
        There is no such test set, or this is none.
    """
    if isinstance(given, str | Path):
        return load_test_set(str(given))
    if not isinstance(given, TestSet):
        raise InputError(
            "this is no test set",
            found=repr(given),
            expected="a name, the path of a card, or what load_test_set or read_texts gave",
        )
    return given


def _selected(group: str, names: Sequence[str], settings: Sequence[str]) -> dict[str, Any]:
    """The options of a group by name, with the parameters set by ``settings``."""
    if not names:
        return {}
    config = part_of(f"{group}=[{','.join(names)}]", *settings)
    return build_all(config[group])


def metrics_of(
    given: MetricLike | Iterable[MetricLike] | Mapping[str, MetricLike],
    settings: Sequence[str] = (),
    group: str = "metrics",
) -> dict[str, Selectable]:
    """Metrics by the names that they get in tables, and groups of metrics.

    Raises
    ------
    InputError
        A name is unknown, two metrics have one name, an object is neither metric nor function, or
        a setting is no parameter of a named metric.
    """
    if (
        isinstance(given, str | Metric | MetricGroup)
        or callable(given)
        or not isinstance(given, Iterable)
    ):
        given = [given]
    pairs = list(given.items()) if isinstance(given, Mapping) else [(None, one) for one in given]
    names = [one for _, one in pairs if isinstance(one, str)]
    _check_parameters(group, names, settings)
    named = _selected(group, names, settings)
    found: dict[str, Selectable] = {}
    for key, one in pairs:
        if isinstance(one, str):
            # An option may stand for several metrics: they keep their own names.
            own = {key or one: named[one]} if one in named else named
        else:
            metric = one if isinstance(one, Metric | MetricGroup) else _of_function(one)
            own = {key or _key(metric): metric}
        for name, metric in own.items():
            if found.setdefault(name, metric) is not metric:
                raise InputError(
                    f"two metrics are called {name!r}",
                    remedy="give names: score(test_set, {'NAME': METRIC, …})",
                )
    return found


def _check_parameters(group: str, names: Sequence[str], settings: Sequence[str]) -> None:
    """Refuse settings that would choose other metrics, or change none of those with these names."""
    for setting in settings:
        if not setting.lstrip("+").startswith(f"{group}.") or "=" not in setting:
            raise InputError(
                f"the setting {setting!r} is no parameter of one of the {group}",
                expected=f"{group}.NAME.PARAMETER=VALUE",
                remedy=f"choose {group} with the argument {group}",
            )
        if not names:
            raise InputError(
                f"the setting {setting!r} is for {group} given by name, and there are none",
                remedy="set the parameters of a metric where you make it",
            )


def _of_function(given: object) -> Metric:
    if not callable(given):
        raise InputError(
            "this is no metric",
            found=repr(given),
            expected="a name, a metric, or a function of (source, hypothesis, references)",
        )
    from harness.metrics.function import FunctionMetric

    return FunctionMetric(given)


def _key(metric: Selectable) -> str:
    """The name in tables of a metric that was given as an object; of a group, which has none, its
    origin."""
    return metric.name if isinstance(metric, Metric) else metric.origin


def statistics_of(given: str | Mapping[str, Any], settings: Sequence[str] = ()) -> dict[str, Any]:
    """Meta-statistics: an option of conf/statistics/ (default, wmt23, …), or name -> statistic."""
    if isinstance(given, str):
        return build_all(part_of(f"statistics={given}", *settings).statistics)
    return dict(given)


def injectors_of(given: str | Sequence[str], settings: Sequence[str] = ()) -> dict[str, Any]:
    """Kinds of injected error by name; 'all' are all."""
    names = [given] if isinstance(given, str) else list(given)
    return _selected("injectors", names, settings)


def weights_of(given: str | Weights) -> Weights:
    """MQM weights by their name in conf/weights/, or the given weights."""
    if isinstance(given, Weights):
        return given
    found = build(part_of(f"weights={quoted(given)}").weights)
    if not isinstance(found, Weights):
        raise InputError(f"the option {given!r} of weights describes no weights")
    return found


def views_of(given: str | View | Iterable[str | View]) -> list[View]:
    """Views of the error categories, by name or given as objects, in order."""
    single = isinstance(given, str) or hasattr(given, "category")
    listed: list[Any] = [given] if single else list(given)  # type: ignore[arg-type]
    named = _selected("views", [one for one in listed if isinstance(one, str)], ())
    views: list[View] = [named[one] if isinstance(one, str) else one for one in listed]
    names = [view.name for view in views]
    if len(set(names)) < len(names):
        raise InputError("two views have one name", found=", ".join(names), remedy="name each once")
    return views
