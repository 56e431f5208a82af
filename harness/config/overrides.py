"""The command line's overrides, before Hydra reads them.

Four conveniences: a misspelt option is answered with the nearest one; systems may be named where
the group ``systems`` is meant; new references and systems need no ``+``; and a value that Hydra's
grammar cannot read (a path with Chinese characters, spaces or brackets) is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import (
    ChoiceSweep,
    Glob,
    IntervalSweep,
    Override,
    QuotedString,
    RangeSweep,
)
from hydra.errors import HydraException

from harness.config.groups import config_dir_of, group_options
from harness.errors import InputError, unknown_name

__all__ = ["prepare", "quoted"]

#: Config nodes to which a key may be added.
OPEN_NODES = ("test_set.references.", "test_set.systems.", "test_set.labels.")
_KEY = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


def prepare(arguments: Sequence[str], conf: Path) -> list[str]:
    """``arguments`` of the command line with every override in the form that Hydra wants.

    Parameters
    ----------
    conf
        The folder of the shipped configs; a ``--config-dir`` among the arguments is looked up too.

    Raises
    ------
    InputError
        An option of a group does not exist.
    """
    own = config_dir_of(arguments)
    if own is not None and not own.is_dir():
        raise InputError(
            "the folder of --config-dir does not exist",
            file=own,
            remedy="give the folder that holds your metrics/, test_set/, … (one YAML an option)",
        )
    folders = [conf, *([own] if own else [])]
    prepared = []
    value_next = False
    for argument in arguments:
        if value_next or argument.startswith("-"):
            prepared.append(argument)
            value_next = not value_next and argument in _OPTIONS_WITH_VALUE
        elif "=" not in argument and not argument.startswith("~"):
            raise InputError(
                f"{argument!r} is no override",
                expected="group=option or key=value, e.g. test_set=wmt23_zhen_news",
                remedy="see harness --help",
            )
        else:
            prepared.extend(_prepared(argument, folders))
    return prepared


_OPTIONS_WITH_VALUE = frozenset(
    {"--config-dir", "-cd", "--config-name", "-cn", "--config-path", "-cp", "--package", "-p"}
    | {"--cfg", "-c", "--info", "-i", "--experimental-rerun"}
)


def _prepared(argument: str, folders: Sequence[Path]) -> list[str]:
    key, _, value = argument.partition("=")
    if key.startswith(OPEN_NODES):
        if not _KEY.fullmatch(key):
            raise InputError(
                f"the name in {key!r} cannot be a config key",
                expected="letters A-Z and a-z, digits, _ and -; it may not begin with a digit",
                remedy="choose another name",
            )
        argument = f"++{argument}"
    elif f"{key}." in OPEN_NODES:
        if value.startswith("["):
            raise InputError(
                f"{key} is a list where each entry needs a name",
                found=value,
                expected="name: value",
                remedy=f"name each: {key}.NAME=VALUE",
            )
        argument = f"+{argument}"
    override = _parsed(argument)
    if override is None and _may_be_a_path(key):
        argument = f"{argument.partition('=')[0]}={quoted(value)}"
        override = _parsed(argument)
    if override is None:
        raise InputError(
            f"the override {argument!r} cannot be read",
            expected="key=value",
            remedy="check brackets and quotes; text with special characters goes into quotes: "
            "'key=\"value\"'",
        )
    groups = group_options(folders)
    group = override.key_or_group
    if group not in groups or override.is_delete():
        return [argument]
    if override._value is None:
        raise InputError(
            f"the config group {group} needs an option",
            found="null",
            expected=f"one of: {', '.join(groups[group])}",
        )
    choices = _choices(override)
    if choices is None:
        return [argument]
    if group == "systems" and not all(
        isinstance(choice, str) and choice in groups[group] for choice in choices
    ):
        return _named_systems(choices, groups[group])
    for choice in choices:
        if not choice:
            raise InputError(
                f"the config group {group} is given no option",
                found=argument,
                expected=f"some of: {', '.join(groups[group])}",
                remedy=f"{group}=none"
                if "none" in groups[group]
                else f"leave {group} out, which takes its default, or name some: '{group}=[A,B]'",
            )
        for name in [choice] if isinstance(choice, str) else choice:
            if name not in groups[group]:
                raise unknown_name(f"option of {group}", name, groups[group])
    return [argument]


def _may_be_a_path(key: str) -> bool:
    """Whether a value that Hydra cannot read may be meant as it stands."""
    own = key.lstrip("+~")
    if f"{own}." in OPEN_NODES:
        return False  # a mapping
    return own.startswith("test_set.") or own in {"output", "mirror", "cache"}


def _parsed(argument: str) -> Override | None:
    try:
        return OverridesParser.create().parse_override(argument)
    except HydraException:
        return None


def quoted(value: str) -> str:
    """``value`` in double quotes, as Hydra's grammar reads it back unchanged."""
    text = value.replace("\\", "\\\\") if value.endswith("\\") else value
    return '"' + re.sub(r'(\\*)"', r'\1\1\\"', text) + '"'


def _choices(override: Override) -> list[str | list[str]] | None:
    """The options that an override chooses, one entry a job; None where it chooses none."""
    value = override._value
    if isinstance(value, Glob | RangeSweep | IntervalSweep):
        return None  # Hydra finds the options itself
    entries = value.list if isinstance(value, ChoiceSweep) else [value]
    choices: list[str | list[str]] = []
    for entry in entries:
        if isinstance(entry, list):
            choices.append([_text(item) for item in entry])
        else:
            choices.append(_text(entry))
    return choices


def _text(value: object) -> str:
    return value.text if isinstance(value, QuotedString) else str(value)


def _named_systems(choices: Sequence[str | list[str]], options: Sequence[str]) -> list[str]:
    """``systems=[A,B]`` as the option ``named`` with its names; several choices are a sweep."""
    lists = []
    for choice in choices:
        names = [choice] if isinstance(choice, str) else choice
        if isinstance(choice, str) and choice in options and len(choices) > 1:
            raise InputError(
                f"a sweep over systems mixes the option {choice!r} with names of systems",
                remedy="sweep over lists of names: 'systems=[A,B],[C]'",
            )
        lists.append("[" + ",".join(quoted(name) for name in names) + "]")
    return ["systems=named", f"systems.names={','.join(lists)}"]
