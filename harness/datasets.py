"""A test set by name: its card says which files it is made of, who made them, and how to read them.

A card is ``datasets/<name>/card.yaml``::

    name: wmt23_zhen_news         # the folder's name
    title: …                      # and language_pair, domain, year
    reader:
      _target_: harness.readers.wmt.read
      source: generaltest2023.zh-en.src.zh
      …
    files:
      - {url: https://…/generaltest2023.zh-en.src.zh, bytes: 1, sha256: …}
    licence: …                    # and citation, notice, description, provenance
    quirks: [a sentence each]
    counts: {segments: 377}       # what reading must give

A reader's parameter that names files (source, references, systems, documents, mqm, segments,
annotations, spans, ratings, scores, cases) gives the last part of a listed URL, or a path beside
the card.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from harness.downloads import RemoteFile, fetch
from harness.errors import InputError, unknown_name
from harness.plugins import build
from harness.readers import jsonl, plain_text
from harness.readers.assembly import gaps, references_table
from harness.readers.lines import data_file
from harness.resources import resource_folder
from harness.tables import REFERENCES, DataFile, TestSet, conform

__all__ = ["Card", "fetch", "find_card", "load_card", "load_test_set"]

_REQUIRED = ("name", "title", "language_pair", "domain", "year", "reader", "licence", "citation")
_OPTIONAL = ("files", "notice", "description", "provenance", "quirks", "counts")
_FILE_PARAMETERS = (
    *("source", "references", "systems", "documents"),
    *("mqm", "segments", "annotations"),
    *("spans", "ratings", "scores", "cases"),
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_LANGUAGES = re.compile(r"([a-z]{2,3})-([a-z]{2,3})")


@dataclass(frozen=True)
class Card:
    """What is known of a test set before it is read.

    ``about`` holds the parts for people (title, language pair, licence, citation, notice, quirks,
    counts and so on); ``folder`` is where the card lies.
    """

    name: str
    folder: Path
    reader: Mapping[str, Any]
    files: Mapping[str, RemoteFile]
    counts: Mapping[str, int]
    about: Mapping[str, Any]

    @property
    def path(self) -> Path:
        return self.folder / "card.yaml"


def find_card(name: str) -> Path:
    """The card of the test set ``name``.

    Raises
    ------
    InputError
        There is none of that name; the message names the nearest.
    """
    folder = resource_folder("datasets")
    known = sorted(path.parent.name for path in folder.glob("*/card.yaml"))
    if name not in known:
        raise unknown_name("test set", name, known)
    return folder / name / "card.yaml"


def load_card(path: str | Path) -> Card:
    """Read and check a card.

    Raises
    ------
    InputError
        It is no YAML, lacks a key, has an unknown one, or a value of the wrong kind.
    """
    path = Path(path)
    values = _yaml(path)
    for key in values:
        if key not in (*_REQUIRED, *_OPTIONAL):
            raise unknown_name("key of a card", str(key), [*_REQUIRED, *_OPTIONAL], file=path)
    absent = [key for key in _REQUIRED if key not in values]
    if absent:
        raise InputError(f"the card lacks {', '.join(absent)}", file=path)
    name = str(values["name"])
    if not _NAME.fullmatch(name) or name != path.absolute().parent.name:
        raise InputError(
            "the card's name is not that of its folder",
            file=path,
            found=name,
            expected=path.absolute().parent.name,
        )
    reader, counts = values["reader"], values.get("counts") or {}
    if not isinstance(reader, dict) or "_target_" not in reader:
        raise InputError(
            "the card's reader names no function", file=path, expected="reader: {_target_: …}"
        )
    if not isinstance(counts, dict) or not all(type(n) is int for n in counts.values()):
        raise InputError(
            "the card's counts are no whole numbers", file=path, expected="counts: {segments: 377}"
        )
    for key in counts:
        if key not in _COUNTS:
            raise unknown_name("count", str(key), _COUNTS, file=path)
    languages = _LANGUAGES.fullmatch(str(values["language_pair"]))
    if not languages:
        raise InputError(
            "the card's language_pair is none",
            file=path,
            found=str(values["language_pair"]),
            expected="source-target, for example zh-en",
        )
    about = {key: value for key, value in values.items() if key not in ("reader", "files")}
    about["source_language"], about["target_language"] = languages.groups()
    return Card(name, path.parent, reader, _files(values.get("files") or [], path), counts, about)


def _yaml(path: Path) -> dict[Any, Any]:
    data_file(path)  # it can be opened
    try:
        values = yaml.safe_load(path.read_text("utf-8"))
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


def _files(entries: Any, path: Path) -> dict[str, RemoteFile]:
    """The listed files by the last parts of their URLs."""
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


def load_test_set(
    name: str,
    mirror: str | Path | None = None,
    cache: str | Path | None = None,
    references: Mapping[str, str | Path | None] | None = None,
    labels: Mapping[str, str] | None = None,
) -> TestSet:
    """Read the test set ``name``; its files are fetched if need be.

    Parameters
    ----------
    name
        Name of a test set that comes with harness, or the path of a card.yaml.
    mirror, cache
        Where files are looked for before the network: see :func:`harness.downloads.fetch`.
    references
        Further references: name -> file, as plain text (one segment a line) or as .jsonl
        (``{"segment_id": "1", "reference": "…"}`` a line). They come first, in this order; one of
        the name of an existing reference replaces it. A null file is left out.
    labels
        The user's own labels for error categories -> canonical ones.

    Raises
    ------
    InputError
        There is no such test set, a file cannot be had or is another than it should be, or what
        was read does not have the counts of the card.
    """
    own = name.endswith((".yaml", ".yml"))
    card = load_card(name if own else find_card(name))
    options = {key: value for key, value in card.reader.items() if key != "_target_"}
    names: dict[str, str] = {}
    for key in _FILE_PARAMETERS:
        if key in options:
            options[key] = _located(options[key], card, mirror, cache, names)
    test_set = build(
        {"_target_": card.reader["_target_"], **options}, name=card.name, labels=dict(labels or {})
    )
    _check_counts(test_set, card)
    test_set = replace(
        test_set,
        card=card.about,
        files=tuple(replace(f, name=names.get(f.name, f.name)) for f in test_set.files),
    )
    given = {key: str(path) for key, path in (references or {}).items() if path is not None}
    return _with_references(test_set, given) if given else test_set


def _located(
    value: Any,
    card: Card,
    mirror: str | Path | None,
    cache: str | Path | None,
    names: dict[str, str],
) -> Any:
    """The local path of a file that the card names (or of each in a mapping or list); ``names``
    gets its public name."""
    if isinstance(value, Mapping):
        return {key: _located(v, card, mirror, cache, names) for key, v in value.items()}
    if isinstance(value, list):
        return [_located(v, card, mirror, cache, names) for v in value]
    if value is None:
        return None
    file = card.files.get(str(value))
    if file is not None:
        path, public = fetch(file, mirror, cache), file.url
    else:
        path, public = card.folder / str(value), f"{card.name}/{value}"
    names[str(path)] = public
    return str(path)


#: What a card may count -> how it is counted.
_COUNTS: Mapping[str, Callable[[TestSet], int]] = {
    "segments": lambda t: len(t.segments),
    "documents": lambda t: t.segments["document"].nunique(),
    "systems": lambda t: len(t.systems),
    "rated_systems": lambda t: len(t.rated_systems),
    "references": lambda t: len(t.reference_names),
    "raters": lambda t: t.annotations["rater"].nunique(),
    "hypotheses": lambda t: len(t.hypotheses),
    "annotations": lambda t: len(t.annotations),
    "given_ratings": lambda t: len(t.given_ratings),
    "phenomena": lambda t: len(t.phenomena),
    "rated_translations": lambda t: len(t.annotations[["system", "segment_id"]].drop_duplicates()),
    "stored_scores": lambda t: len(t.stored_scores),
    "stored_metrics": lambda t: t.stored_scores["metric"].nunique(),
    "errors": lambda t: len(
        t.error_spans[["system", "segment_id", "rater", "error"]].drop_duplicates()
    ),
}


def _check_counts(test_set: TestSet, card: Card) -> None:
    for key, expected in card.counts.items():
        found = int(_COUNTS[key](test_set))
        if found != expected:
            raise InputError(
                f"the test set {card.name} has another number of {key.replace('_', ' ')} than its"
                " card says",
                file=card.path,
                found=f"{found:,}",
                expected=f"{expected:,}",
                remedy="if its files were changed on purpose, correct the card's counts",
            )


def _with_references(test_set: TestSet, given: Mapping[str, str | Path]) -> TestSet:
    """``test_set`` with the given references first."""
    ids = list(test_set.segments["segment_id"])
    texts = {str(key): _reference(path, test_set, ids) for key, path in given.items()}
    old = test_set.references
    kept = old[~old["reference_name"].isin(texts)]
    frames = [references_table(test_set.name, ids, texts), kept]
    files: list[DataFile] = [data_file(path) for path in given.values()]
    result = replace(
        test_set,
        references=conform(pd.concat(frames, ignore_index=True), REFERENCES),
        files=(*test_set.files, *files),
    )
    notes = [note for note in gaps(result, texts) if note not in test_set.notes]
    return replace(result, notes=(*test_set.notes, *notes))


def _reference(path: str | Path, test_set: TestSet, ids: list[str]) -> list[str | None]:
    """The texts of a user's reference in the order of the segments; None: missing."""
    if str(path).lower().endswith((".jsonl", ".json", ".ndjson")):
        read = jsonl.read_reference(path, ids)
        return [read.get(segment_id) for segment_id in ids]
    sources = list(test_set.segments["source"])
    origin = f"the test set {test_set.name}"
    return plain_text.reference_texts(plain_text.read_texts(path, origin, sources), sources)
