"""What was probably meant by an override that is none, or by one that is given several values."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from harness.config.groups import LISTS
from harness.errors import InputError, unknown_name

__all__ = [
    "given_twice",
    "misspelt",
    "no_option",
    "no_override",
    "several_values",
    "too_long",
    "unknown_option",
    "unreadable",
]


def no_override(words: Sequence[str], i: int, groups: Mapping[str, list[str]]) -> InputError:
    """The error for the argument ``words[i]`` without ``=``, with what may have been meant."""
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
    if after[0].startswith("="):  # metrics = bleu
        return f"{word}{after[0]}{after[1] if after[0] == '=' else ''}"
    if before.endswith("="):
        return f"{before}{word}"
    for sign in ":/":
        group, found, option = word.partition(sign)
        if found and option in groups.get(group, ()):
            return f"{group}={option}"
    if key in LISTS and word in groups.get(key, ()):
        more = [w for w in words[i:] if w in groups[key]]
        return f"'{key}=[{','.join([value.strip('[]'), *more])}]'"
    if word in groups and after[0] and "=" not in after[0]:
        return f"{word}={after[0]}"
    return " or ".join(f"{group}={word}" for group, options in groups.items() if word in options)


def no_option(word: str, after: Sequence[str]) -> InputError:
    """The error for ``--metrics bleu``: ``word`` is no option, and ``after`` follows it."""
    key, _, value = word.lstrip("-").partition("=")
    value = value or next(iter(after), "VALUE")
    several = key in LISTS and "," in value and "[" not in value
    meant = shlex.quote(f"{key}=[{value}]" if several else f"{key}={value}")
    return InputError(
        f"there is no option {word!r}",
        expected="group=option or key=value, without dashes",
        remedy=f"write {meant}; see harness --help",
    )


def misspelt(word: str, commands: Collection[str]) -> bool:
    """Whether ``word`` may be meant as one of ``commands``."""
    return word.isalpha() and bool(difflib.get_close_matches(word, commands, n=1, cutoff=0.7))


def unreadable(argument: str) -> InputError:
    """The error for an override that Hydra's grammar cannot read."""
    key, _, value = argument.partition("=")
    remedy = "check brackets and quotes; text with special characters goes into quotes: "
    remedy += "'key=\"value\"'"
    if value.startswith("[") and value.count("[") == value.count("]") + 1:
        remedy = f"close the brackets, and put quotes around all: '{key}={value.rstrip(', ')}]'"
    return InputError(
        f"the override {argument!r} cannot be read", expected="key=value", remedy=remedy
    )


def too_long(key: str, value: str) -> InputError:
    """The error for a number with more digits than Python reads."""
    return InputError(
        f"the value of {key.lstrip('+~')} is too long for a number",
        found=f"{value[:20]}… ({len(value):,} characters)",
        expected="a number that fits into a table",
    )


def given_twice(key: str, first: str, second: str) -> InputError:
    """The error for two values of one key, of which Hydra would take the second."""
    names = ",".join(value.strip("[]") for value in (first, second))
    return InputError(
        f"{key} is given twice",
        found=f"{key}={first} and {key}={second}",
        remedy=f"all in one: '{key}=[{names}]'" if key in LISTS else f"give one: {key}=VALUE",
    )


def several_values(key: str, value: str, forms: Sequence[str], *, may_sweep: bool) -> InputError:
    """The error for several values where one is wanted, with the forms that work: ``forms``, and
    a sweep where there may be one."""
    sweep = f"a run for each: harness -m {shlex.quote(f'{key}={value}')}"
    return InputError(
        f"{key} is given several values, and this is no sweep",
        found=value,
        remedy="; ".join([*forms, *([sweep] if may_sweep else [])]) or f"give one: {key}=VALUE",
    )


def unknown_option(argument: str, group: str, name: str, options: Sequence[str]) -> InputError:
    """The error for an option that does not exist. A shell puts the name of a file in the place of
    unquoted brackets, if there is a file that fits them."""
    error = unknown_name(f"option of {group}", name, options)
    if len(name) == 1 and Path(argument).exists():
        error.remedy = (
            f"a file is called {argument!r}, and the shell put its name in the place of your"
            f" brackets: put quotes around them: '{group}=[A,B]'"
        )
    return error
