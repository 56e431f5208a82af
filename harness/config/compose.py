"""A config from overrides, and what Hydra and OmegaConf refuse, in the program's own words."""

from __future__ import annotations

import difflib
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from harness.config.environment import check_environment
from harness.config.groups import config_folders
from harness.config.names import restore_names
from harness.config.overrides import prepare, quoted
from harness.errors import InputError
from harness.support.yaml_limits import line_of_mistake

__all__ = [
    "CONFIG_ERRORS",
    "VERSION",
    "accepted",
    "as_input_error",
    "check_complete",
    "composed",
    "config_of",
    "launcher",
    "refusals",
    "through_hydra",
    "unknown_key",
]

#: What fixes the behaviour of Hydra 1.3; from 1.4 on, its program is told what may be executed.
_NEW = "execution_whitelist" in inspect.signature(hydra.main).parameters
VERSION: dict[str, Any] = {} if _NEW else {"version_base": "1.3"}
_PROGRAM: dict[str, Any] = {"execution_whitelist": ["harness", "hydra"]} if _NEW else VERSION

#: What Hydra, OmegaConf and YAML raise for a config or an override that is wrong.
CONFIG_ERRORS = (HydraException, OmegaConfBaseException, YAMLError, UnicodeError)


def composed(overrides: Sequence[str], folders: Sequence[Path], name: str = "config") -> DictConfig:
    """The config NAME.yaml of ``folders`` with ``overrides`` in Hydra's form. Afterwards
    HydraConfig holds Hydra's section of it."""
    extra = [f"hydra.searchpath=[{quoted(f'file://{own}')}]" for own in folders[1:]]
    GlobalHydra.instance().clear()
    try:
        with hydra.initialize_config_dir(str(folders[0]), **VERSION):
            config = hydra.compose(name, [*overrides, *extra], return_hydra_config=True)
    finally:
        GlobalHydra.instance().clear()
    HydraConfig.instance().set_config(config)
    with open_dict(config):
        del config["hydra"]
    return accepted(config)


def accepted(config: DictConfig) -> DictConfig:
    """A config that Hydra made, with names as they were typed; what may not be written is refused.

    Raises
    ------
    InputError
        It reads values of the environment that are no places of files.
    """
    restore_names(config)
    check_environment(config)
    return config


def launcher() -> str:
    """The class of Hydra's launcher in the config that was composed last."""
    return str(HydraConfig.get().launcher._target_)


def through_hydra(
    task: Callable[[DictConfig], None], flags: Sequence[str], overrides: Sequence[str]
) -> None:
    """Let Hydra's own program act on ``flags`` and ``overrides``: it shows what it is asked for, or
    calls ``task`` with the config of each job of a sweep. Its errors are raised, not printed."""
    program = hydra.main(config_path=str(config_folders()[0]), config_name="config", **_PROGRAM)
    with (
        mock.patch.dict(os.environ, {"HYDRA_FULL_ERROR": "1"}),
        mock.patch.object(sys, "argv", ["harness", *overrides, *flags]),
    ):
        try:
            program(task)()
        finally:
            GlobalHydra.instance().clear()


def config_of(overrides: Sequence[str], own: Path | None, name: str = "config") -> DictConfig:
    """The config NAME.yaml with ``overrides`` as they were typed: for a command that is no run.

    Raises
    ------
    InputError
        An override cannot be read or names what does not exist.
    """
    folders = config_folders(own)
    prepared = prepare(overrides, folders)
    with refusals(prepared):
        return composed(prepared, folders, name)


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
    unknown = unknown_key(error)
    if unknown:
        return _unknown_key(unknown, overrides)
    if isinstance(error, YAMLError) and (found := _mistake(error)) is not None:
        return found
    first, *more = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    return InputError(
        f"the config cannot be read: {first}",
        found="; ".join(more) or None,
        remedy="see harness --help for groups and examples, harness --cfg job for all values",
    )


def _mistake(error: YAMLError) -> InputError | None:
    """A mistake in a file of YAML, with its place; None: it is in no file."""
    mark = getattr(error, "problem_mark", None)
    path = Path(str(getattr(mark, "name", None) or getattr(error, "name", "")))
    if not path.is_file():
        return None
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is no YAML"
    text = path.read_text("utf-8", errors="replace")
    line = line_of_mistake(error, text)
    return InputError(f"the config cannot be read: {problem}", file=path, line=line)


def unknown_key(error: Exception) -> str | None:
    """The config value that does not exist, if that is what ``error`` is about."""
    text = str(error)
    found = re.search(r"Could not override '([^']+)'", text) or re.search(
        r"Key '([^']+)' is not in struct", text
    )
    return found[1] if found else None


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
            known = list(_keys(OmegaConf.to_container(composed(attempt, config_folders()))))
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
