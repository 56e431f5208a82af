"""What cards share: YAML that is read with its mistakes named, and lists of public files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor as _Constructor

from harness.errors import InputError
from harness.support.yaml_limits import check_limits, line_of_mistake
from harness.test_sets.downloads import RemoteFile
from harness.test_sets.readers.lines import read_lines

__all__ = ["YamlFile", "read_yaml", "remote_files"]


class YamlFile(dict[Any, Any]):
    """The mapping that a YAML file is, and where its values stand.

    Parameters
    ----------
    values
        The mapping.
    path
        The file.
    lines
        The line of the value under a key, and of each item of it where that is a list: (key,) or
        (key, position) -> line.
    """

    def __init__(
        self, values: dict[Any, Any], path: Path, lines: dict[tuple[Any, ...], int]
    ) -> None:
        super().__init__(values)
        self.path, self._lines = path, lines

    def line(self, *place: Any) -> int | None:
        """The line of a value: that of a key, or of an item (``key, position``) of its list."""
        return self._lines.get(place, self._lines.get(place[:1]))


def read_yaml(path: Path) -> YamlFile:
    """The mapping that the card ``path`` is.

    Raises
    ------
    InputError
        It cannot be opened, is not UTF-8, is no YAML mapping, has a key twice, or is nested too
        deep.
    """
    text = "".join(f"{line}\n" for line in read_lines(path))
    check_limits(text, path)
    try:
        node = yaml.compose(text, yaml.SafeLoader)
        if not isinstance(node, yaml.MappingNode):
            raise InputError("the card is no YAML mapping", file=path, expected="key: value lines")
        _refuse_twice(node, path)
        return YamlFile(_made(node, path), path, dict(_lines(node)))
    except yaml.YAMLError as error:
        raise InputError(
            f"the card is no YAML: {getattr(error, 'problem', None) or 'it cannot be read'}",
            file=path,
            line=line_of_mistake(error, text),
        ) from error


def _made(node: yaml.MappingNode, path: Path) -> dict[Any, Any]:
    """The values of a mapping."""
    try:
        return dict(_Constructor().construct_document(node))
    except (ValueError, OverflowError) as error:  # a date or number that there is not
        raise InputError(
            f"a value of the card cannot be read: {error}",
            file=path,
            line=_line_of_value(node),
            remedy="put it into quotes",
        ) from error


def _line_of_value(node: yaml.MappingNode) -> int | None:
    """The line of the first value that cannot be made."""
    for _, value in node.value:
        try:
            _Constructor().construct_document(value)
        except (ValueError, OverflowError):
            return int(value.start_mark.line) + 1
    return None


def _refuse_twice(node: yaml.Node, path: Path) -> None:
    """Refuse a key that stands twice in one mapping, of which YAML would take the second."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_twice(item, path)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = int(key.start_mark.line) + 1
        name = key.value if isinstance(key, yaml.ScalarNode) else None
        if name in seen:
            raise InputError(
                f"the key {name!r} occurs twice",
                file=path,
                line=line,
                found=f"line {seen[name]} has it too",
            )
        if name is not None:
            seen[name] = line
        _refuse_twice(value, path)


def _lines(node: yaml.MappingNode) -> Iterator[tuple[tuple[Any, ...], int]]:
    """The lines of the values of a mapping and of the items of its lists."""
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        yield (name,), int(key.start_mark.line) + 1
        if isinstance(value, yaml.SequenceNode):
            for position, item in enumerate(value.value):
                yield (name, position), int(item.start_mark.line) + 1


def remote_files(values: YamlFile, key: str = "files") -> dict[str, RemoteFile]:
    """The files that a card lists under ``key``, by the last parts of their URLs.

    Raises
    ------
    InputError
        An entry has another form, a URL or sha256 that is none, or two files have the same name.
    """
    files: dict[str, RemoteFile] = {}
    keys = {"url", "bytes", "sha256"}
    entries = values.get(key) or []
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        line = values.line(key, number)
        if not isinstance(entry, dict) or set(entry) != keys or type(entry["bytes"]) is not int:
            raise InputError(
                "an entry of the card's files has another form",
                file=values.path,
                line=line,
                found=str(entry)[:200],
                expected="{url: https://…, bytes: 1, sha256: …}",
            )
        try:
            file = RemoteFile(str(entry["url"]), entry["bytes"], str(entry["sha256"]))
        except InputError as error:
            raise InputError(
                error.message,
                file=values.path,
                line=line,
                found=error.found,
                expected=error.expected,
            ) from error
        if file.name in files:
            message = f"two of the card's files are called {file.name!r}"
            raise InputError(message, file=values.path, line=line)
        files[file.name] = file
    return files
