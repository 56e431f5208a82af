"""A test set as the command line describes it: by name, by its card, or by overrides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from harness.config.compose import check_complete, config_of
from harness.config.objects import build
from harness.errors import InputError
from harness.support.checks import check_flag
from harness.tables import TestSet
from harness.test_sets.doctor import drop_placeholders

__all__ = ["configured_test_set", "read_configured"]

#: The parts of the config that say what is read.
READ = ("test_set", "mirror", "cache")


def configured_test_set(given: Sequence[str], own: Path | None = None) -> TestSet:
    """Read the one test set that ``given`` describes.

    Parameters
    ----------
    given
        The name of an option of test_set, the path of a card.yaml, or overrides as ``harness``
        takes them: ``test_set=files test_set.source=zh.txt …``, ``mirror=DIR``, ``cache=DIR``.
    own
        A folder of the user's own configs.

    Raises
    ------
    InputError
        None or several are described, an override says something else, or the test set cannot be
        read.
    """
    overrides = [part for argument in given for part in _overrides(argument)]
    for override in overrides:
        key = override.lstrip("+~").partition("=")[0]
        if key.partition(".")[0].partition("@")[0] not in READ:
            raise InputError(
                f"{key!r} does not say what is read",
                expected=f"overrides of: {', '.join(READ)}",
                remedy="other values belong to harness itself",
            )
    chosen = [o.partition("=")[2] for o in overrides if o.startswith("test_set=")]
    if len(chosen) > 1:
        raise InputError(
            "more than one test set is named",
            found=", ".join(chosen),
            expected="one",
            remedy="take them one after another",
        )
    config = config_of(overrides, own)
    if not isinstance(config.test_set, DictConfig):
        raise InputError("no test set is given", expected="test_set=OPTION; see harness --help")
    check_complete(config.test_set)
    return read_configured(config.test_set)[0]


def read_configured(config: DictConfig) -> tuple[TestSet, list[str]]:
    """Read the test set that the part ``test_set`` of a config describes, and apply the options
    that every test set has: ``title`` and ``drop_placeholders``.

    Returns
    -------
    tuple
        The test set, and what was left out, in sentences.

    Raises
    ------
    InputError
        It cannot be read, or an option is of the wrong kind.
    """
    plain: Any = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    drop = plain.pop("drop_placeholders", False)
    check_flag("test_set.drop_placeholders", drop)
    title = plain.pop("title", None)
    if title is not None and not (isinstance(title, str) and title.strip()):
        raise InputError(
            "test_set.title is no text",
            found=repr(title),
            remedy="for example 'test_set.title=\"Three engines\"'",
        )
    test_set: TestSet = build(plain)
    if title is not None:
        test_set = replace(test_set, card={**test_set.card, "title": title})
    return drop_placeholders(test_set) if drop else (test_set, [])


def _overrides(argument: str) -> list[str]:
    """An argument as overrides: a name is that of a test set, a YAML file its card."""
    if "=" in argument or argument.startswith("~"):
        return [argument]
    if argument.endswith((".yaml", ".yml")):
        return ["test_set=article", f"test_set.name={argument}"]
    return [f"test_set={argument}"]
