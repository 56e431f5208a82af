"""What cards share: YAML that is read with its mistakes named, and lists of public files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from harness.errors import InputError
from harness.support.yaml_aliases import check_aliases
from harness.test_sets.downloads import RemoteFile
from harness.test_sets.readers.lines import data_file

__all__ = ["read_yaml", "remote_files"]


def read_yaml(path: Path) -> dict[Any, Any]:
    """The mapping that the card ``path`` is.

    Raises
    ------
    InputError
        It cannot be opened, is not UTF-8, or is no YAML mapping.
    """
    data_file(path)  # it can be opened
    try:
        text = path.read_text("utf-8")
        check_aliases(text, path)
        values = yaml.safe_load(text)
    except UnicodeDecodeError as error:
        raise InputError("the card is not UTF-8", file=path) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            f"the card is no YAML: {getattr(error, 'problem', None) or 'it cannot be read'}",
            file=path,
            line=mark.line + 1 if mark is not None else None,
        ) from error
    if not isinstance(values, dict):
        raise InputError("the card is no YAML mapping", file=path, expected="key: value lines")
    return values


def remote_files(entries: Any, path: Path) -> dict[str, RemoteFile]:
    """The files that the card ``path`` lists, by the last parts of their URLs.

    Raises
    ------
    InputError
        An entry has another form, or two files have the same name.
    """
    files: dict[str, RemoteFile] = {}
    keys = {"url", "bytes", "sha256"}
    for entry in entries if isinstance(entries, list) else [entries]:
        if not isinstance(entry, dict) or set(entry) != keys or type(entry["bytes"]) is not int:
            raise InputError(
                "an entry of the card's files has another form",
                file=path,
                found=str(entry),
                expected="{url: https://…, bytes: 1, sha256: …}",
            )
        file = RemoteFile(str(entry["url"]), entry["bytes"], str(entry["sha256"]))
        if file.name in files:
            raise InputError(f"two of the card's files are called {file.name!r}", file=path)
        files[file.name] = file
    return files
