"""The command line's overrides, before Hydra reads them.

What is typed is mended where its meaning is plain: lists that the shell split at spaces are put
together; systems may be named where the group ``systems`` is meant; new references and systems need
no ``+``; a value that Hydra's grammar cannot read (a path with Chinese characters, spaces or
brackets) is quoted. Where it is not plain, the answer is the form that works.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
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

from harness.config.groups import LISTS, group_options
from harness.errors import InputError, unknown_name

__all__ = ["prepare", "quoted"]

#: Config nodes to which a key may be added.
OPEN_NODES = ("test_set.references.", "test_set.systems.", "test_set.labels.")
_KEY = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


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
        An argument is no override, an option of a group does not exist, or there are several
        values and no sweep.
    """
    groups = group_options(folders)
    words = _joined(arguments)
    for i, word in enumerate(words):
        if "=" not in word.lstrip("=") and not word.startswith("~"):
            raise _no_override(words, i, groups)
    return [own for word in words for own in _prepared(word, groups, sweep)]


def _joined(arguments: Sequence[str]) -> list[str]:
    """``arguments`` with the parts of a list or mapping that the shell split at its spaces put
    together: ``metrics=[bleu, chrf]`` arrives as two."""
    words: list[str] = []
    for argument in arguments:
        if words and "=" not in argument and _is_open(words[-1]):
            words[-1] += f" {argument}"
        else:
            words.append(argument)
    return words


def _is_open(word: str) -> bool:
    value = word.partition("=")[2]
    return any(
        value.startswith(left) and value.count(left) > value.count(right)
        for left, right in ("[]", "{}")
    )


def _no_override(words: Sequence[str], i: int, groups: Mapping[str, list[str]]) -> InputError:
    """The error for an argument without ``=``, with what may have been meant."""
    meant = _meant(words, i, groups)
    return InputError(
        f"{words[i]!r} is no override",
        expected="group=option or key=value, e.g. test_set=wmt23_zhen_news",
        remedy=(f"write {meant}; " if meant else "") + "see harness --help",
    )


def _meant(words: Sequence[str], i: int, groups: Mapping[str, list[str]]) -> str:
    """The override that the words around ``words[i]`` may stand for; empty where none is likely."""
    word, after = words[i], [*words[i + 1 : i + 3], "", ""]
    before = words[i - 1] if i else ""
    key, _, value = before.partition("=")
    bare = [w for w in words[i:] if "=" not in w]
    if after[0].startswith("="):  # metrics = bleu
        return f"{word}{after[0]}{after[1] if after[0] == '=' else ''}"
    if before.endswith("="):
        return f"{before}{word}"
    for sign in ":/":
        group, found, option = word.partition(sign)
        if found and option in groups.get(group, ()):
            return f"{group}={option}"
    if key in LISTS and word in groups.get(key, ()):
        more = [w for w in bare if w in groups[key]]
        return f"'{key}=[{','.join([value.strip('[]'), *more])}]'"
    if word in groups and after[0] and "=" not in after[0]:
        return f"{word}={after[0]}"
    homes = [f"{group}={word}" for group, options in groups.items() if word in options]
    return " or ".join(homes)


def _prepared(argument: str, groups: Mapping[str, list[str]], sweep: bool | None) -> list[str]:
    """One argument as one override, or, for systems by name, as two."""
    argument = _added(argument)
    override = _read(argument)
    argument = str(override.input_line)
    prepared = _checked_option(argument, override, groups)
    if not sweep and override.is_sweep_override():
        raise _several_values(argument, override, groups, sweep)
    return prepared


def _several_values(
    argument: str, override: Override, groups: Mapping[str, list[str]], sweep: bool | None
) -> InputError:
    """The error for several values where one is wanted, with the forms that work."""
    key, _, value = argument.partition("=")
    own = key.lstrip("+")
    forms = []
    if isinstance(override._value, ChoiceSweep) and not value.startswith("["):
        if _may_be_a_path(key):
            forms.append(f"a file of that name: '{own}={quoted(value)}'")
        elif own in LISTS or own not in groups:
            forms.append(f"all in one run: '{own}=[{value}]'")
    if sweep is not None:
        forms.append(f"a run for each: harness -m {shlex.quote(f'{own}={value}')}")
    return InputError(
        f"{own} is given several values, and this is no sweep",
        found=value,
        remedy="; ".join(forms) or f"give one: {own}=VALUE",
    )


def _added(argument: str) -> str:
    """``argument`` with the ``+`` that a new reference, system or label needs."""
    key, _, value = argument.partition("=")
    if key.startswith(OPEN_NODES):
        if not _KEY.fullmatch(key):
            raise InputError(
                f"the name in {key!r} cannot be a config key",
                expected="letters A-Z and a-z, digits, _ and -; it may not begin with a digit",
                remedy="choose another name",
            )
        return f"++{argument}"
    if f"{key}." not in OPEN_NODES:
        return argument
    if value.startswith("["):
        raise InputError(
            f"{key} is a list where each entry needs a name",
            found=value,
            expected="name: value",
            remedy=f"name each: {key}.NAME=VALUE",
        )
    return f"+{argument}"


def _read(argument: str) -> Override:
    """``argument`` as Hydra reads it; a path that it cannot read is quoted."""
    override = _parsed(argument)
    key, _, value = argument.partition("=")
    if override is None and _may_be_a_path(key):
        override = _parsed(f"{key}={quoted(value)}")
    if override is None:
        raise InputError(
            f"the override {argument!r} cannot be read",
            expected="key=value",
            remedy="check brackets and quotes; text with special characters goes into quotes: "
            "'key=\"value\"'",
        )
    return override


def _checked_option(
    argument: str, override: Override, groups: Mapping[str, list[str]]
) -> list[str]:
    """``argument``, whose options exist if it is of a group."""
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
                raise _unknown_option(argument, group, name, groups[group])
    return [argument]


def _unknown_option(argument: str, group: str, name: str, options: Sequence[str]) -> InputError:
    """The error for an option that does not exist. A shell puts the name of a file in the place of
    unquoted brackets, if there is a file that fits them."""
    error = unknown_name(f"option of {group}", name, options)
    if len(name) == 1 and Path(argument).exists():
        error.remedy = (
            f"a file is called {argument!r}, and the shell put its name in the place of your"
            f" brackets: put quotes around them: '{group}=[A,B]'"
        )
    return error


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
