"""Objects from configs: only those that the tool, or a registered plug-in, may build.

A config names the class of an object in ``_target_``. So that a YAML file cannot run just any code,
a target must lie in ``harness`` or in a package that registers the entry point group
``harness.plugins``, and must be a dataclass or a function that returns a test set; everything else
is refused, outside these packages before it is imported. (Hydra's own section of the config,
``hydra``, is Hydra's: it may name callbacks and launchers. Read a stranger's config folder before
you use it.)
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from omegaconf import DictConfig, OmegaConf

from harness.errors import InputError
from harness.support.types import check_types

__all__ = ["build", "build_all", "located"]

GROUP = "harness.plugins"
TARGET = "_target_"


def build(config: DictConfig | Mapping[str, Any], **arguments: Any) -> Any:
    """The object that ``config`` describes, with ``arguments`` beside its own.

    Raises
    ------
    InputError
        The target is not allowed, does not exist or refuses its parameters.
    """
    plain = (
        OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
        if OmegaConf.is_config(config)
        else dict(config)
    )
    if not isinstance(plain, dict) or TARGET not in plain:
        raise InputError(
            "a config that should describe an object names no class",
            found=repr(plain),
            expected=f"a key {TARGET}",
        )
    _check(plain)
    return _made({**plain, **arguments})


def build_all(configs: DictConfig | Mapping[str, Any], *kinds: type) -> dict[str, Any]:
    """Each object of a group, by its name in the config.

    Raises
    ------
    InputError
        As of :func:`build`; or an object is of none of the ``kinds`` that are given.
    """
    built = {str(name): build(config) for name, config in configs.items()}
    for name, made in built.items():
        if kinds and not isinstance(made, kinds):
            noun = kinds[0].__name__.lower()
            raise InputError(f"the config of {name!r} describes no {noun}", found=repr(made))
    return built


def _check(node: Any) -> None:
    """Refuse, before anything is built, if a target below ``node`` is not allowed."""
    if isinstance(node, dict):
        if TARGET in node:
            located(str(node[TARGET]))
        for value in node.values():
            _check(value)
    elif isinstance(node, list):
        for value in node:
            _check(value)


def _made(node: Any) -> Any:
    """``node`` with every dictionary that has a target turned into its object, inside out."""
    if isinstance(node, list):
        return [_made(value) for value in node]
    if not isinstance(node, dict):
        return node
    values = {key: _made(value) for key, value in node.items() if key != TARGET}
    if TARGET not in node:
        return values
    target = str(node[TARGET])
    maker = located(target)
    try:
        inspect.signature(maker).bind(**values)
    except TypeError as error:
        raise InputError(
            f"the config of {target} does not fit it: {error}",
            found=", ".join(values),
            expected=", ".join(inspect.signature(maker).parameters),
            remedy="compare with the options in conf/",
        ) from error
    if not isinstance(maker, type):  # a reader does its work at once
        check_types(target, maker, values)
        return maker(**values)
    try:
        made = maker(**values)  # its own checks know more of what a value means
    except (TypeError, ValueError, AttributeError):
        check_types(target, maker, values)
        raise
    check_types(target, maker, values)
    return made


def located(target: str) -> Callable[..., Any]:
    """The class or function that ``target`` names, if it may be built."""
    allowed = _allowed_packages()
    packages = ", ".join(sorted(allowed))
    wanted = f"a dataclass, or a function that returns a TestSet, of one of: {packages}"
    module, _, name = target.rpartition(".")
    if module.split(".")[0] not in allowed:
        raise InputError(
            f"the config may not build {target!r}",
            expected=wanted,
            remedy=f"register its package under the entry point group {GROUP!r}",
        )
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise InputError(
            f"the config names {target!r}, which does not exist",
            found=str(error),
            remedy=f"check the spelling of {TARGET}, and that the package is installed",
        ) from error
    home = str(getattr(found, "__module__", "")).split(".")[0]
    if home not in allowed or name.startswith("_") or not _is_buildable(found):
        raise InputError(f"the config may not build {target!r}", expected=wanted)
    return found  # type: ignore[no-any-return]


@cache
def _allowed_packages() -> frozenset[str]:
    """This package and those registered under the entry point group."""
    registered = (e.value.split(":")[0].split(".")[0] for e in entry_points(group=GROUP))
    return frozenset({"harness", *registered})


def _is_buildable(found: Any) -> bool:
    """Whether making it has no effect but the object: a dataclass, or a reader of test sets."""
    if isinstance(found, type):
        return is_dataclass(found)
    if not inspect.isfunction(found):
        return False
    wanted = inspect.signature(found).return_annotation
    return bool(getattr(wanted, "__name__", wanted) == "TestSet")
