"""The command line's overrides, before Hydra reads them.

What is typed is mended where its meaning is plain: lists that the shell split at spaces are put
together; systems may be named where the group ``systems`` is meant; new references and systems need
no ``+``; a value that Hydra's grammar cannot read (a path with Chinese characters, spaces or
brackets) is quoted. Where it is not plain, the answer is the form that works.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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

from harness.config.groups import LISTS, group_options
from harness.config.names import OPEN_NODES, as_typed, mapping_entries, with_keys
from harness.config.suggestions import (
    given_twice,
    no_override,
    several_values,
    too_long,
    unknown_option,
    unreadable,
)
from harness.errors import InputError

__all__ = ["prepare", "quoted"]

#: Values that are text (files, folders, names) even where they look like numbers, true or false.
_TEXTS = re.compile(
    r"output|mirror|cache|scores|metrics\.\w+\.(?:file|folder)"
    r"|test_set\.(?:(?:references|systems)\..+|source|file|mqm|documents|path|folder|spans|cases|name"
    r"|domain|segments|score_folder|title)"
)

#: Values that are names, also where one looks like a number or like true.
_LISTS_OF_NAMES = ("systems", "references", "focus")
_OTHER_THAN_TEXT = re.compile(
    r"(?<=[\[,])(?:true|false|null|nan|[+-]?inf|[+-]?\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?)(?=[\],])"
    r"|^(?:true|false|nan|[+-]?\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?)$",
    re.IGNORECASE,
)


def prepare(
    arguments: Sequence[str], folders: Sequence[Path], *, sweep: bool | None = None
) -> list[str]:
    """``arguments`` of the command line, each in the form that Hydra wants.

    Parameters
    ----------
    folders
        The folders of configs in which options are looked up.
    sweep
        Whether a value may be one of several, a job each; None for a command without sweeps.

    Raises
    ------
    InputError
        An argument is no override, an option of a group does not exist, a key is given twice, or
        several values and no sweep.
    """
    groups = group_options(folders)
    words = _joined(arguments)
    for i, word in enumerate(words):
        if "=" not in word.lstrip("=") and not word.startswith("~"):
            raise no_override(words, i, groups)
    prepared = []
    values: dict[str, str] = {}
    for word in _entries(words):
        override = _read(_added(word))
        prepared += _in_groups(override, groups)
        key, _, value = str(override.input_line).lstrip("+").partition("=")
        if key in values:
            raise given_twice(key, values[key], value)
        values[key] = value
        if not sweep and override.is_sweep_override():
            forms = _single_forms(override, key, value, groups)
            raise several_values(key, value, forms, may_sweep=sweep is not None)
    return prepared


def _joined(arguments: Sequence[str]) -> list[str]:
    """``arguments`` with the parts of a list or mapping that the shell split at its spaces put
    together: ``metrics=[bleu, chrf]`` arrives as two."""
    words: list[str] = []
    for argument in arguments:
        begun = words[-1].partition("=")[2] if words and "=" not in argument else ""
        if any(begun[:1] == a and begun.count(a) > begun.count(b) for a, b in ("[]", "{}")):
            words[-1] += f" {argument}"
        else:
            words.append(argument)
    return words


def _entries(arguments: Sequence[str]) -> list[str]:
    """``arguments`` with the names of references, systems and labels as keys; a mapping of names
    that cannot be keys is taken apart, an argument a name."""
    words: list[str] = []
    for argument in arguments:
        key, _, value = argument.lstrip("+").partition("=")
        if key in OPEN_NODES:
            raise InputError(f"the name in {key!r} is empty", remedy=f"name it: {key}NAME=VALUE")
        entries = mapping_entries(key, value) or [argument]
        if key.startswith(OPEN_NODES):
            entries = [f"++{with_keys(argument.lstrip('+'))}"]
        words += entries
    return words


def _added(argument: str) -> str:
    """``argument`` with the ``+`` that a mapping of references, systems or labels needs."""
    key, _, value = argument.partition("=")
    if f"{key}." not in OPEN_NODES:
        return argument
    if not value.startswith("{"):
        what = "a list where each entry needs" if value.startswith("[") else "a value without"
        one = value if value and not value.startswith("[") else "VALUE"
        raise InputError(
            f"{key} is {what} a name",
            found=value,
            expected="name: value",
            remedy=f"name each: {key}.NAME={one}",
        )
    return f"+{argument}"


def _read(argument: str) -> Override:
    """``argument`` as Hydra reads it; a path that it cannot read is quoted."""
    key, _, value = argument.partition("=")
    if key in _LISTS_OF_NAMES:
        value = _OTHER_THAN_TEXT.sub(lambda found: f'"{found[0]}"', value)
        if key == "focus" and value[:1] not in ("[", "") and "," not in value:
            value = f"[{value}]"  # one metric
        argument = f"{key}={value}"
    forms = [argument, f"{key}={quoted(value)}"] if _may_be_a_path(key) else [argument]
    for form in forms:
        try:
            override = OverridesParser.create().parse_override(form)
        except HydraException:
            continue
        except ValueError as error:  # Python reads no number of more than 4,300 digits
            raise too_long(key, value) from error
        if override._value is None and _TEXTS.fullmatch(key.lstrip("+~")) and Path(value).is_file():
            raise InputError(
                f"{value!r} means no file, and there is a file of this name",
                remedy=f"name the file: {as_typed(key)}=./{value}",
            )
        if isinstance(override._value, bool | int | float) and _TEXTS.fullmatch(key.lstrip("+~")):
            return OverridesParser.create().parse_override(f"{key}={quoted(value)}")
        return override
    raise unreadable(argument)


def _may_be_a_path(key: str) -> bool:
    """Whether a value that Hydra cannot read may be meant as it stands."""
    own = key.lstrip("+~")
    if f"{own}." in OPEN_NODES:
        return False  # a mapping
    return own.startswith("test_set.") or own in {"output", "mirror", "cache", "scores"}


def quoted(value: str) -> str:
    """``value`` in double quotes, as Hydra's grammar reads it back unchanged."""
    text = value.replace("\\", "\\\\") if value.endswith("\\") else value
    return '"' + re.sub(r'(\\*)"', r'\1\1\\"', text) + '"'


def _single_forms(
    override: Override, key: str, value: str, groups: Mapping[str, list[str]]
) -> list[str]:
    """How several values can be meant as one."""
    if not isinstance(override._value, ChoiceSweep) or value.startswith("["):
        return []
    if _may_be_a_path(key) and key != "scores":
        return [f"a file of that name: '{key}={quoted(value)}'"]
    if key not in LISTS and re.fullmatch(r"[-+]?\d+,\d+", value):
        return [f"a decimal number: {key}={value.replace(',', '.')}"]
    return [f"all in one run: '{key}=[{value}]'"] if key in LISTS or key not in groups else []


def _in_groups(override: Override, groups: Mapping[str, list[str]]) -> list[str]:
    """The override, whose options exist if it is of a group; systems by name are two."""
    group, argument = override.key_or_group, str(override.input_line)
    value, known = override._value, groups.get(override.key_or_group)
    if known is None or override.is_delete() or isinstance(value, _FOUND_BY_HYDRA):
        return [argument]
    if value is None:
        raise InputError(
            f"the config group {group} needs an option",
            found="null",
            expected=f"one of: {', '.join(known)}",
        )
    choices = [_texts(v) for v in (value.list if isinstance(value, ChoiceSweep) else [value])]
    if group == "systems" and not all(isinstance(c, str) and c in known for c in choices):
        return _named_systems(choices, known)
    for choice in choices:
        if not choice:
            default = f"leave {group} out, which takes its default, or name some: '{group}=[A,B]'"
            raise InputError(
                f"the config group {group} is given no option",
                found=argument,
                expected=f"some of: {', '.join(known)}",
                remedy=f"{group}=none" if "none" in known else default,
            )
        for name in [choice] if isinstance(choice, str) else choice:
            if name not in known:
                raise unknown_option(argument, group, name, known)
    return [argument]


#: Values of which Hydra finds the options itself.
_FOUND_BY_HYDRA = (Glob, RangeSweep, IntervalSweep)


def _texts(value: Any) -> Any:
    """A value of Hydra's grammar as text; a list as the texts of its entries."""
    if isinstance(value, list):
        return [_texts(entry) for entry in value]
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
