"""A config from overrides, and what Hydra and OmegaConf refuse, in the program's own words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from harness.config.groups import config_folders
from harness.config.overrides import prepare, quoted
from harness.config.versions import register_resolver, version_base
from harness.errors import InputError

__all__ = ["as_input_error", "check_complete", "composed", "config_of", "refusals"]

#: What Hydra, OmegaConf and YAML raise for a config or an override that is wrong.
CONFIG_ERRORS = (HydraException, OmegaConfBaseException, YAMLError, UnicodeError)


def composed(overrides: Sequence[str], own: Path | None = None, name: str = "config") -> DictConfig:
    """The config NAME.yaml with ``overrides`` in Hydra's form; ``own`` is a user's folder."""
    if not OmegaConf.has_resolver("harness_sweep"):  # that of sweeps; of no concern here
        register_resolver("harness_sweep", lambda *_: "")
    extra = [f"hydra.searchpath=[{quoted(f'file://{own.resolve()}')}]"] if own is not None else []
    GlobalHydra.instance().clear()
    try:
        with hydra.initialize_config_dir(str(config_folders()[0]), **version_base()):
            return hydra.compose(name, overrides=[*overrides, *extra])
    finally:
        GlobalHydra.instance().clear()


def config_of(overrides: Sequence[str], own: Path | None, name: str = "config") -> DictConfig:
    """The config NAME.yaml with ``overrides`` as they were typed: for a command that is no run.

    Raises
    ------
    InputError
        An override cannot be read or names what does not exist.
    """
    prepared = prepare(overrides, config_folders(own))
    with refusals(prepared):
        return composed(prepared, own, name)


@contextmanager
def refusals(overrides: Sequence[str] = ()) -> Iterator[None]:
    """Let what Hydra, OmegaConf or YAML refuse within the block end in an :class:`InputError`."""
    try:
        yield
    except CONFIG_ERRORS as error:
        raise as_input_error(error, overrides) from error


def as_input_error(error: Exception, overrides: Sequence[str] = ()) -> InputError:
    """``error`` as bad input; a key that does not exist is answered with the nearest one of the
    config that ``overrides`` make."""
    if isinstance(error, InputError):
        return error
    text = str(error).strip()
    unknown = re.search(r"Could not override '([^']+)'", text) or re.search(
        r"Key '([^']+)' is not in struct", text
    )
    if unknown:
        return _unknown_key(unknown[1], overrides)
    first, *more = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    return InputError(
        f"the config cannot be read: {first}",
        found="; ".join(more) or None,
        remedy="see harness --help for groups and examples, harness --cfg job for all values",
    )


def check_complete(config: DictConfig) -> None:
    """Refuse a config that lacks a value which the user must give (``???`` in conf/).

    Raises
    ------
    InputError
        It does.
    """
    missing = sorted(OmegaConf.missing_keys(config))
    if missing:
        raise InputError(
            f"the config value {missing[0]} is needed and not given",
            remedy=f"give it: {missing[0]}=VALUE",
        )


def _unknown_key(key: str, overrides: Sequence[str]) -> InputError:
    """The error for a config value that does not exist; it names the nearest that does."""
    groups = [a for a in overrides if re.match(r"^[\w/]+=[\w\[\],]+$", a)]
    known: list[str] = []
    for attempt in (groups, []):
        with suppress(HydraException, OmegaConfBaseException):
            known = list(_keys(OmegaConf.to_container(composed(attempt))))
            break
    parent = key.rpartition(".")[0]
    siblings = [k for k in known if k.rpartition(".")[0] == parent and "._" not in k]
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return InputError(
        f"there is no config value {key!r}",
        expected=f"one of: {', '.join(siblings)}" if siblings else None,
        remedy=(f"did you mean {near[0]!r}? " if near else "")
        + "harness --cfg job shows all; a new value needs a + before it",
    )


def _keys(node: Any, prefix: str = "") -> Iterator[str]:
    """The keys of all values of a config, as they are written on the command line."""
    for key, value in node.items() if isinstance(node, dict) else ():
        yield f"{prefix}{key}"
        yield from _keys(value, f"{prefix}{key}.")
