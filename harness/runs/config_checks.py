"""Checks of a config before anything is built from it."""

from __future__ import annotations

import re
from typing import Any

from omegaconf import DictConfig, OmegaConf

from harness.config.compose import check_complete
from harness.errors import InputError, unknown_name
from harness.support.checks import check_flag, check_whole
from harness.test_sets.subsets import check_subsets

__all__ = ["FORMATS", "check_config", "options_of", "plain"]

#: A name that becomes a file name as it stands.
_FILE_NAME = re.compile(r"\w(?:[\w.-]{0,98}\w)?")
#: What a report may be written as.
FORMATS = ("html", "markdown", "latex", "png", "pdf")
GROUPS = (
    *("test_set", "metrics", "sentinels", "weights", "views", "statistics", "plots", "claims"),
    "injectors",
)
SECTIONS = (
    *("systems", "resampling", "metric_tests", "system_tests", "category_accuracy", "injection"),
    "report",
)


def plain(value: Any) -> Any:
    """A config value as lists, dictionaries and scalars."""
    return OmegaConf.to_container(value, resolve=True) if OmegaConf.is_config(value) else value


def check_config(config: DictConfig) -> None:
    """Refuse a config in which a needed part is absent, empty or of the wrong kind.

    Raises
    ------
    InputError
        It names the value and what may stand there.
    """
    check_complete(config)
    for name in GROUPS:
        if not isinstance(config[name], DictConfig):
            raise InputError(
                f"the config value {name} is not a group of options",
                found=repr(config[name]),
                expected=f"{name}=OPTION; see harness --help",
            )
    for name in SECTIONS:
        if not isinstance(config[name], DictConfig):
            raise InputError(
                f"the config value {name} is not a section of values", found=repr(config[name])
            )
    _check_names(config)
    _check_file_names(config)
    for name in ("include_references", "include_injected"):
        check_flag(f"systems.{name}", config.systems.get(name, False))
    check_flag("include_human", config.include_human)
    check_flag("store", config.store)
    if config.workers is not None:
        check_whole("workers", config.workers, 1)
    for name in FORMATS:
        check_flag(f"report.{name}", OmegaConf.select(config, f"report.{name}"))


def _check_file_names(config: DictConfig) -> None:
    """Refuse names of plots that cannot be names of files: a run writes a file of each."""
    for name in map(str, config.plots):
        if not _FILE_NAME.fullmatch(name):
            raise InputError(
                f"the name of the plot {name[:100]!r} cannot be the name of a file",
                expected="letters, digits, _, - and dots inside, at most 100 characters",
                remedy="rename it in its option file",
            )


def _check_names(config: DictConfig) -> None:
    """Values that name references, systems, subsets and the rating."""
    for name in ("references", "systems.names"):
        value = plain(OmegaConf.select(config, name))
        if not value or not isinstance(value, str | list):
            raise InputError(
                f"the config value {name} names nothing",
                found=repr(value),
                expected="a word such as 'all', or a list of names",
            )
    focus = plain(config.focus)
    if not isinstance(focus, list) or not all(isinstance(name, str) for name in focus):
        raise InputError(
            "the config value focus is not a list of metrics",
            found=repr(focus),
            expected="[] or names of metrics of the run",
            remedy="for example 'focus=[chrf]'",
        )
    if config.baseline is not None and not isinstance(config.baseline, str):
        raise InputError(
            "the config value baseline is not the name of a metric",
            found=repr(plain(config.baseline)),
            expected="null or the name of a metric of the run",
            remedy="for example baseline=chrf",
        )
    subsets = plain(config.subsets)
    if not isinstance(subsets, list) or not all(isinstance(s, str) for s in subsets):
        raise InputError(
            "the config value subsets is not a list of names",
            found=repr(subsets),
            expected="[] or some of: domain, document, phenomenon, length",
            remedy="for example 'subsets=[domain,length]'",
        )
    check_subsets(subsets)
    if not isinstance(config.rating, str) or not config.rating:
        raise InputError(
            "the config value rating names nothing",
            found=repr(config.rating),
            expected="auto, annotations, or the name of a rating of the test set, such as mqm",
        )


def options_of(section: DictConfig, known: tuple[str, ...], name: str) -> dict[str, Any]:
    """The values of a config section, none of which may be unknown.

    Raises
    ------
    InputError
        A value is not one of ``known``.
    """
    values = plain(section)
    for key in values:
        if key not in known:
            raise unknown_name(f"config value of {name}", str(key), list(known))
    return dict(values)
