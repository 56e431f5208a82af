"""What there is to choose from: the options of the config groups, with what is known of each.

Everything is read where it is stated: what an option is in the leading comment of its YAML, what
its values mean in the docstring of its class, what a test set is on its card.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from harness.config.groups import config_folders
from harness.errors import InputError, unknown_name

__all__ = ["KINDS", "Option", "facts", "found", "options"]

#: What can be listed, and the config group that holds it.
KINDS = {
    "metrics": "metrics",
    "sentinels": "sentinels",
    "test_sets": "test_set",
    "statistics": "statistics",
    "views": "views",
    "plots": "plots",
    "injectors": "injectors",
    "claims": "claims",
    "weights": "weights",
}
_TARGET = "_target_"


@dataclass(frozen=True)
class Option:
    """One option of a config group: ``file`` is its YAML."""

    kind: str
    name: str
    file: Path

    @property
    def comment(self) -> str:
        """The lines of the leading comment of the YAML."""
        lines = []
        for line in self.file.read_text(encoding="utf-8").split("\n"):
            if not line.startswith("#"):
                break
            if "@package" not in line:
                lines.append(line[1:].rstrip().removeprefix(" "))
        return "\n".join(lines)

    @property
    def card(self) -> Mapping[str, Any] | None:
        """What the card of a test set known by name says for people; None for other options."""
        values = self.parts.get(self.name, {})
        if not str(values.get(_TARGET)).endswith(".load_test_set"):
            return None
        from harness.test_sets.cards import find_card, load_card

        return load_card(find_card(str(values.get("name")))).about

    @property
    def published(self) -> Mapping[str, list[str]]:
        """The metrics whose published scores the option stands for -> test sets that have them."""
        values = self.parts.get(self.name, {})
        if not str(values.get(_TARGET)).endswith(".PublishedScores"):
            return {}
        from harness.test_sets.score_cards import published_metrics

        return published_metrics(str(values.get("group")))

    @property
    def meaning(self) -> str:
        """One line: the card's title, or the first sentence of the comment."""
        if self.card is not None:
            return str(self.card["title"])
        text = " ".join(line for line in self.comment.split("\n") if not line.startswith(" "))
        return re.split(r"(?<=[.?!])\s+(?=[A-Z(])", text, maxsplit=1)[0]

    @property
    def parts(self) -> dict[str, Mapping[str, Any]]:
        """Each object that the option describes, by its name: target and values."""
        try:
            content = yaml.safe_load(self.file.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise InputError("the config is no YAML", file=self.file, found=str(error)) from error
        if not isinstance(content, dict):
            return {}
        if _TARGET in content:
            return {self.name: content}
        return {k: v for k, v in content.items() if isinstance(v, dict) and _TARGET in v}


def options(kind: str, own: Path | None = None) -> list[Option]:
    """The options of one of :data:`KINDS`, by name; those of the user's folder ``own`` too.

    Raises
    ------
    InputError
        There is no such kind, or no such folder.
    """
    if kind not in KINDS:
        raise unknown_name("list", kind, KINDS)
    files: dict[str, Path] = {}
    for folder in config_folders(own):
        for file in (folder / KINDS[kind]).glob("*.yaml"):
            files.setdefault(file.stem, file)  # as Hydra: the shipped one first
    return [Option(kind, name, file) for name, file in sorted(files.items())]


def found(name: str, own: Path | None = None) -> tuple[Option, str | None]:
    """The option called NAME or KIND/NAME, or one that has a part of this name, with that part, or
    one that stands for published scores of a metric of this name.

    Raises
    ------
    InputError
        There is none, or there are several.
    """
    kind, _, short = name.rpartition("/")
    if kind and kind not in KINDS:
        kind = next((k for k, group in KINDS.items() if group == kind), kind)
    every = [o for k in ([kind] if kind else KINDS) for o in options(k, own)]
    named = [option for option in every if option.name == short]
    if len(named) > 1:
        places = [f"{option.kind}/{short}" for option in named]
        raise InputError(
            f"{short!r} is the name of several",
            found=", ".join(places),
            remedy=f"say which: harness describe {places[0]}",
        )
    if named:
        return named[0], None
    for option in every:
        if short in option.parts:
            return option, short
    for option in every:
        if short in option.published:
            return option, None
    raise unknown_name(f"name in {kind}" if kind else "name", short, (o.name for o in every))


def facts(option: Option, part: str | None) -> dict[str, Any]:
    """All that is known of an option, or of one of its parts: plain values, for printing."""
    group = KINDS[option.kind]
    parts = option.parts
    known: dict[str, Any] = {
        "name": part or option.name,
        "kind": option.kind,
        "setting": f"{group}={option.name}",
        "about": option.comment,
    }
    shown = {part: parts[part]} if part is not None else parts
    if len(shown) > 1:
        known["parts"] = {name: _docstring(_made(v))[0] for name, v in shown.items()}
    for name, values in shown.items() if len(shown) == 1 else ():
        nested = "" if group in ("test_set", "weights") else f"{name}."
        maker = _made(values)
        known["made by"] = values[_TARGET]
        known["what it is"] = _docstring(maker)[1]
        known["licence"] = getattr(maker, "licence", "")
        known["parameters"] = [
            {"setting": f"{group}.{nested}{p['name']}", **p} for p in _parameters(maker, values)
        ]
    if option.published:
        known["metrics"] = {name: ", ".join(sets) for name, sets in option.published.items()}
    known["card"] = dict(option.card or {})
    return known


def _made(values: Mapping[str, Any]) -> Any:
    from harness.config.objects import located

    return located(str(values[_TARGET]))


def _text(maker: Any) -> str:
    """A docstring without the marks of reStructuredText."""
    return re.sub(r":\w+:`~?([^`]*)`|``([^`]*)``", r"\1\2", inspect.getdoc(maker) or "")


def _docstring(maker: Any) -> tuple[str, str]:
    """The first paragraph of a docstring, and its text before the first section."""
    text = re.split(r"\n\w[\w ]*\n-{3,}\n", _text(maker))[0].strip()
    return " ".join(text.split("\n\n")[0].split()), text


def _parameters(maker: Any, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each parameter: its name, its value in the config or else its default, what it means."""
    meanings: dict[str, str] = {}
    for owner in reversed(maker.__mro__ if isinstance(maker, type) else [maker]):
        meanings.update(_sections(_text(owner)))
    for name, parameter in inspect.signature(maker).parameters.items():
        needed = parameter.default is inspect.Parameter.empty
        default = values.get(name, "???" if needed else parameter.default)
        yield {"name": name, "default": default, "meaning": meanings.get(name, "")}


def _sections(text: str) -> dict[str, str]:
    """What the section Parameters of a docstring says of each name."""
    match = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-{3,}\n|\Z)", text, re.M | re.S)
    blocks = re.split(r"^(?=\S)", match[1], flags=re.M) if match else []
    parts = [block.partition("\n") for block in blocks if block.strip()]
    return {n.strip(): " ".join(body.split()) for names, _, body in parts for n in names.split(",")}
