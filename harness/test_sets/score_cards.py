"""Score cards: published segment scores of metrics on a test set, which are fetched when they are
asked for.

A score card is ``datasets/scores/<name>.yaml``::

    name: wmt23_zhen_submitted
    title: …                      # and licence, citation
    quirks: [a sentence each]
    families: {string: [BLEU]}    # what each metric knows: see harness.support.families
    sentinels: [Random-sysname]   # of these metrics, those that do not look at quality
    without_segment_scores: [slide]
    files:
      - {url: https://…/METRIC-REFERENCE.seg.score, bytes: 1, sha256: …}

The card of a test set names them under ``scores``: ``{submitted: wmt23_zhen_submitted}``. All
scores are higher-is-better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError, unknown_name
from harness.support.resources import resource_folder
from harness.test_sets.cards import card_names, find_card, load_card
from harness.test_sets.downloads import RemoteFile
from harness.test_sets.families import Families
from harness.test_sets.readers.score_folder import metric_and_reference
from harness.test_sets.yaml_files import YamlFile, read_yaml, remote_files

__all__ = ["ScoreCard", "load_score_card", "published_metrics", "score_card_names"]

_REQUIRED = ("name", "title", "licence", "citation", "files")
_OPTIONAL = ("quirks", "families", "sentinels", "without_segment_scores")


@dataclass(frozen=True)
class ScoreCard:
    """Published scores: ``files`` by name (METRIC-REFERENCE.seg.score), metrics that are
    ``sentinels``, metrics that took part ``without_segment_scores``, the ``families`` of metrics,
    and what is said of them for people (``about``)."""

    name: str
    files: Mapping[str, RemoteFile]
    sentinels: tuple[str, ...]
    without_segment_scores: tuple[str, ...]
    families: Families
    about: Mapping[str, Any]


def score_card_names() -> list[str]:
    """The names of the score cards that come with harness, in order."""
    return sorted(path.stem for path in (resource_folder("datasets") / "scores").glob("*.yaml"))


def load_score_card(name: str) -> ScoreCard:
    """The score card of this name, or at this path (if it ends in ``.yaml``).

    Raises
    ------
    InputError
        There is none; or it is no YAML, lacks a key, has an unknown one, or a value of the wrong
        kind.
    """
    path = Path(name)
    if not name.endswith((".yaml", ".yml")):
        if name not in score_card_names():
            raise unknown_name("score card", name, score_card_names())
        path = resource_folder("datasets") / "scores" / f"{name}.yaml"
    values = read_yaml(path)
    for key in values:
        if key not in (*_REQUIRED, *_OPTIONAL):
            known, line = [*_REQUIRED, *_OPTIONAL], values.line(key)
            raise unknown_name("key of a score card", str(key), known, file=path, line=line)
    absent = [key for key in _REQUIRED if key not in values]
    if absent:
        raise InputError(f"the score card lacks {', '.join(absent)}", file=path)
    about = {key: value for key, value in values.items() if key != "files"}
    return ScoreCard(
        str(values["name"]),
        remote_files(values),
        _names(values, "sentinels"),
        _names(values, "without_segment_scores"),
        Families(values.get("families"), path, values.line("families")),
        about,
    )


def _names(values: YamlFile, key: str) -> tuple[str, ...]:
    """The list of names under ``key``; empty if it is absent."""
    found = values.get(key, [])
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise InputError(
            f"the {key} of the score card are no list of names",
            file=values.path,
            line=values.line(key),
            found=str(found),
            expected=f"{key}: [NAME, NAME]",
        )
    return tuple(found)


def published_metrics(group: str) -> dict[str, list[str]]:
    """The metrics whose scores were published as ``group`` with some test set that comes with
    harness -> these test sets. Nothing is fetched."""
    found: dict[str, list[str]] = {}
    for name in card_names():
        card = load_card(find_card(name))
        files = list(card.reader.get("scores") or ()) if group == "submitted" else []
        scores: Mapping[str, str] = card.about.get("scores") or {}
        if group in scores:
            files += load_score_card(scores[group]).files
        kinds = (metric_and_reference(file, ()) for file in files)
        for metric in dict.fromkeys(kind[0] for kind in kinds if kind is not None):
            found.setdefault(metric, []).append(name)
    return found
