"""Cards of test sets: which files one is made of, who made them, and how to read them.

A card is ``datasets/<name>/card.yaml``::

    name: wmt23_zhen_news         # the folder's name
    title: …                      # and language_pair, domain, year
    reader:
      _target_: harness.test_sets.readers.wmt.read
      source: generaltest2023.zh-en.src.zh
      …
    files:
      - {url: https://…/generaltest2023.zh-en.src.zh, bytes: 1, sha256: …}
    licence: …                    # and citation, notice, description, provenance
    quirks: [a sentence each]
    explained: {blank: why}       # what a check (harness.test_sets.doctor.CHECKS) finds
    counts: {segments: 377}       # what reading must give
    scores: {submitted: wmt23_zhen_submitted}  # published scores: see harness.test_sets.score_cards
    families: {string: [BLEU]}    # of the metrics whose scores it holds: harness.test_sets.families
    part_of: wmt23_zhen           # the test set whose ratings it shares

A reader's parameter that names files (source, references, systems, documents, mqm, segments,
annotations, spans, ratings, scores, cases, expressions) gives the last part of a listed URL, or a
path beside the card.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError, unknown_name
from harness.support.resources import resource_folder
from harness.test_sets.doctor import CHECKS, COUNTS
from harness.test_sets.downloads import RemoteFile
from harness.test_sets.yaml_files import YamlFile, read_yaml, remote_files

__all__ = ["Card", "card_names", "find_card", "load_card"]

_REQUIRED = ("name", "title", "language_pair", "domain", "year", "reader", "licence", "citation")
_OPTIONAL = (
    *("files", "notice", "description", "provenance", "quirks", "explained", "counts", "scores"),
    *("families", "part_of"),
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_LANGUAGES = re.compile(r"([a-z]{2,3})-([a-z]{2,3})")


@dataclass(frozen=True)
class Card:
    """What is known about a test set before it is read.

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

    @property
    def bytes(self) -> int:
        """The size of all files that are fetched for it."""
        return sum(file.bytes for file in self.files.values())

    @property
    def summary(self) -> dict[str, Any]:
        """What tells the test set from others, in plain values."""
        keys = ("title", "language_pair", "domain", "year", "licence")
        return {
            "name": self.name,
            **{key: self.about[key] for key in keys},
            "counts": dict(self.counts),
            "files": len(self.files),
            "bytes": self.bytes,
        }


def card_names() -> list[str]:
    """The names of the test sets that come with harness, in order."""
    return sorted(path.parent.name for path in resource_folder("datasets").glob("*/card.yaml"))


def find_card(name: str) -> Path:
    """The card of the test set ``name``, or ``name`` itself where it is the path of a card.yaml.

    Raises
    ------
    InputError
        There is none of that name; the message names the nearest.
    """
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    known = card_names()
    if name not in known:
        raise unknown_name("test set", name, known)
    return resource_folder("datasets") / name / "card.yaml"


def load_card(path: str | Path) -> Card:
    """Read and check a card.

    Raises
    ------
    InputError
        It is no YAML, lacks a key, has an unknown one, or a value of the wrong kind.
    """
    path = Path(path)
    values = read_yaml(path)
    for key in values:
        if key not in (*_REQUIRED, *_OPTIONAL):
            known = [*_REQUIRED, *_OPTIONAL]
            raise unknown_name("key of a card", str(key), known, file=path, line=values.line(key))
    absent = [key for key in _REQUIRED if key not in values]
    if absent:
        raise InputError(f"the card lacks {', '.join(absent)}", file=path)
    name = str(values["name"])
    if not _NAME.fullmatch(name) or name != path.absolute().parent.name:
        raise InputError(
            "the card's name is not that of its folder",
            file=path,
            line=values.line("name"),
            found=name,
            expected=path.absolute().parent.name,
        )
    reader, counts = values["reader"], values.get("counts") or {}
    if not isinstance(reader, dict) or "_target_" not in reader:
        raise InputError(
            "the card's reader does not name a function",
            file=path,
            line=values.line("reader"),
            expected="reader: {_target_: …}",
        )
    if not isinstance(counts, dict) or not all(type(n) is int for n in counts.values()):
        raise InputError(
            "the card's counts are no whole numbers",
            file=path,
            line=values.line("counts"),
            expected="counts: {segments: 377}",
        )
    for key in counts:
        if key not in COUNTS:
            raise unknown_name("count", str(key), COUNTS, file=path, line=values.line("counts"))
    explained = values.get("explained") or {}
    if not isinstance(explained, dict) or not all(isinstance(t, str) for t in explained.values()):
        raise InputError(
            "what the card explains is no sentences",
            file=path,
            line=values.line("explained"),
            expected="explained: {blank: The system wrote nothing there.}",
        )
    for key in explained:
        if key not in CHECKS:
            line = values.line("explained")
            raise unknown_name("check", str(key), CHECKS, file=path, line=line)
    languages = _LANGUAGES.fullmatch(str(values["language_pair"]))
    if not languages:
        raise InputError(
            "the card's language_pair is none",
            file=path,
            line=values.line("language_pair"),
            found=str(values["language_pair"]),
            expected="source-target, for example zh-en",
        )
    _check_scores(values)
    about = {key: value for key, value in values.items() if key not in ("reader", "files")}
    about["source_language"], about["target_language"] = languages.groups()
    return Card(name, path.parent, reader, remote_files(values), counts, about)


def _check_scores(values: YamlFile) -> None:
    """Refuse ``scores`` that are not names of score cards by name."""
    scores = values.get("scores", {})
    if not isinstance(scores, dict) or not all(isinstance(c, str) for c in scores.values()):
        raise InputError(
            "the card's scores are no names of score cards",
            file=values.path,
            line=values.line("scores"),
            found=str(scores),
            expected="scores: {submitted: wmt23_zhen_submitted}",
        )
