"""Groups of stored metrics: those whose scores were published with a test set, and those of a
folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from harness.errors import InputError, unknown_name
from harness.metrics.base import Metric
from harness.metrics.groups import Members, MetricGroup
from harness.metrics.stored import Stored
from harness.support.checks import check_flag
from harness.tables import STORED_SCORES, DataFile, TestSet, conform
from harness.test_sets.downloads import fetch
from harness.test_sets.families import Families, families_of
from harness.test_sets.readers.lines import data_file
from harness.test_sets.readers.score_folder import (
    ENDING,
    SOURCE_ALONE,
    metric_and_reference,
    read_published,
)
from harness.test_sets.score_cards import ScoreCard, load_score_card

__all__ = ["PublishedScores", "ScoreFolder"]

_ALL = "all"


class _File(NamedTuple):
    """A file of scores: the metric, the reference that it used (``src``: none), where the file
    lies (None: its scores are in the test set) and what it is called in run.json."""

    metric: str
    reference: str
    path: Path | None = None
    public: str = ""

    @property
    def stem(self) -> str:
        return f"{self.metric}-{self.reference}"


@dataclass(frozen=True, kw_only=True)
class PublishedScores(MetricGroup):
    """Metrics whose segment scores were published with the test set.

    Scores are used unchanged; higher is better in all of them. A translation without a score is
    missing. The score of a document or system is the mean of its segments' scores.

    A metric with a reference is called by its name, and so is one without. Where scores both with
    and without a reference were published under one name, the latter is called ``NAME-src``.

    Parameters
    ----------
    group
        Which scores: a key under ``scores`` in the card of the test set; ``submitted`` are also the
        scores that are a part of the test set itself.
    names
        The metrics, or all.
    reference
        The reference that metrics with references used; null: the first of the test set for which
        there are scores; all: each (a metric is then called ``NAME-REFERENCE`` where it has
        several).
    mirror, cache
        Where files are looked for before the network: see
        :func:`harness.test_sets.downloads.fetch`.

    Raises
    ------
    InputError
        A value has the wrong form. (Reading the test set refuses names that it does not know.)
    """

    group: str = "submitted"
    names: str | Sequence[str] = _ALL
    reference: str | None = None
    mirror: str | None = None
    cache: str | None = None
    origin: str = field(init=False, default="submitted")

    def __post_init__(self) -> None:
        _check_names(self.group, self.names)

    def members(self, test_set: TestSet) -> Members:
        """The metrics of the group; their scores are fetched if need be, and read."""
        card = self._card(test_set)
        if card is None:
            files = _held(test_set)
            if self.group != "submitted" or not files:
                raise _no_such_scores(self.group, test_set)
        else:
            files = [
                _File(*kind, public=name)
                for name in card.files
                if (kind := metric_and_reference(name, test_set.reference_names)) is not None
            ]
        absent = card.without_segment_scores if card is not None else ()
        chosen = _chosen(self.group, self.names, _named(files, test_set, self.reference), absent)
        if card is not None:
            chosen = {
                name: file._replace(
                    path=fetch(card.files[file.public], self.mirror, self.cache),
                    public=card.files[file.public].url,
                )
                for name, file in chosen.items()
            }
        families = families_of(test_set.card) if card is None else card.families
        sentinels = () if card is None else card.sentinels
        members = _members(test_set, chosen, sentinels, families)
        return members if card is None else replace(members, sources=(card.about,))

    def _card(self, test_set: TestSet) -> ScoreCard | None:
        """The score card of the group; None: the test set's card names none."""
        names: Mapping[str, str] = test_set.card.get("scores") or {}
        return load_score_card(names[self.group]) if self.group in names else None


@dataclass(frozen=True, kw_only=True)
class ScoreFolder(MetricGroup):
    """Metrics whose segment scores lie in a folder, in files METRIC-REFERENCE.seg.score of lines
    ``system<TAB>score``, each system's segments in order (the layout of mt-metrics-eval).

    A file has one line for each segment of the test set or, where that is a part of longer texts
    (one domain, say), for each line of these. The reference is ``src`` where the metric used none.
    Systems that the test set does not have are left out and counted, translations without a score
    are missing and counted.

    Parameters
    ----------
    folder
        The folder.
    names, reference
        As for :class:`PublishedScores`.
    higher_is_better
        Whether higher scores are better in all files; if not, scores are negated.

    Raises
    ------
    InputError
        A value has the wrong form. (Reading the test set refuses a folder without such files.)
    """

    folder: str | None = None
    names: str | Sequence[str] = _ALL
    reference: str | None = None
    higher_is_better: bool = True
    origin: str = field(init=False, default="stored")

    def __post_init__(self) -> None:
        _check_names("stored", self.names)
        check_flag("metrics.stored.higher_is_better", self.higher_is_better)

    def members(self, test_set: TestSet) -> Members:
        """The metrics of the folder; their scores are read."""
        if not isinstance(self.folder, str) or not self.folder:
            raise InputError(
                "the metrics 'stored' have no folder of scores",
                found=repr(self.folder),
                expected="metrics.stored.folder=FOLDER",
            )
        folder = Path(self.folder)
        if not folder.is_dir():
            raise InputError("there is no such folder", file=folder)
        paths = sorted(p for p in folder.iterdir() if p.name.endswith(ENDING) and p.is_file())
        files = [
            _File(*kind, path, str(path))
            for path in paths
            if (kind := metric_and_reference(path.name, test_set.reference_names)) is not None
        ]
        if not files:
            raise InputError(
                "the folder holds no files of segment scores",
                file=folder,
                found=f"{len(paths):,} files called …{ENDING}",
                expected=f"files called METRIC-REFERENCE{ENDING}; the reference is one of:"
                f" {', '.join([*test_set.reference_names, SOURCE_ALONE])}",
            )
        chosen = _chosen("stored", self.names, _named(files, test_set, self.reference), ())
        return _members(test_set, chosen, (), Families(), self.folder, self.higher_is_better)


def _check_names(group: str, names: str | Sequence[str]) -> None:
    if names != _ALL and (isinstance(names, str) or not names):
        raise InputError(
            f"the value metrics.{group}.names is no list of metrics",
            found=repr(names),
            expected="all, or a list of names",
            remedy=f"for example 'metrics.{group}.names=[COMET]'",
        )


def _no_such_scores(group: str, test_set: TestSet) -> InputError:
    known = list(test_set.card.get("scores") or {})
    known += ["submitted"] if _held(test_set) and "submitted" not in known else []
    return InputError(
        f"there are no scores {group!r} of the test set {test_set.name!r}",
        expected=f"one of: {', '.join(known)}" if known else "a test set that has such scores",
        remedy=f"metrics={known[0]}"
        if known
        else "choose metrics that are computed, for example 'metrics=[bleu,chrf]'; harness datasets"
        " list names the test sets",
    )


def _held(test_set: TestSet) -> list[_File]:
    """What is stored in the test set itself: neither of a user's file or folder, nor of a score
    card, which another group may have read before."""
    cards: Mapping[str, str] = test_set.card.get("scores") or {}
    names = [name for card in cards.values() for name in load_score_card(card).files]
    read = {metric_and_reference(name, test_set.reference_names) for name in names}
    pairs = test_set.stored_scores[["metric", "reference_name"]].drop_duplicates()
    rows = pairs.itertuples(index=False, name=None)
    return [_File(*pair) for pair in rows if " " not in pair[1] and pair not in read]


def _named(files: Iterable[_File], test_set: TestSet, reference: str | None) -> dict[str, _File]:
    """The files by the names that their metrics get, one per metric and kind (with or without a
    reference), or all."""
    by_metric: dict[str, dict[str, _File]] = {}
    for file in files:
        by_metric.setdefault(file.metric, {})[file.reference] = file
    known = dict.fromkeys(r for own in by_metric.values() for r in own if r != SOURCE_ALONE)
    if reference is not None and reference not in (_ALL, *known):
        raise unknown_name("reference of stored scores", reference, [_ALL, *known])
    order = [*test_set.reference_names, *known]
    named: dict[str, _File] = {}
    for metric, own in by_metric.items():
        own = dict(own)
        alone = own.pop(SOURCE_ALONE, None)
        if reference == _ALL and len(own) > 1:
            named |= {file.stem: file for file in own.values()}
        elif reference in (None, _ALL) and own:
            named[metric] = next(own[r] for r in order if r in own)
        elif reference in own:
            named[metric] = own[str(reference)]
        if alone is not None:
            named[alone.stem if own else metric] = alone
    return named


def _chosen(
    group: str, names: str | Sequence[str], known: Mapping[str, _File], absent: Sequence[str]
) -> dict[str, _File]:
    """Those of ``known`` that are asked for, each by its name or that of its file."""
    if names == _ALL:
        return dict(known)
    stems = {file.stem: name for name, file in known.items()}
    chosen = {}
    for given in names:
        name = given if given in known else stems.get(given, given)
        if name in absent:
            raise InputError(
                f"{name} was published without segment scores",
                remedy=f"leave it out of metrics.{group}.names",
            )
        if name not in known:
            raise unknown_name(f"metric in {group!r}", name, known)
        chosen[name] = known[name]
    return chosen


def _members(
    test_set: TestSet,
    chosen: Mapping[str, _File],
    sentinels: Sequence[str],
    families: Families,
    folder: str | None = None,
    higher_is_better: bool = True,
) -> Members:
    """The chosen files' metrics, and the test set with their scores."""
    suffix = ("" if folder is None else f" in {folder}") + ("" if higher_is_better else ", negated")
    keys = {name: (file.metric, file.reference + suffix) for name, file in chosen.items()}
    paths = {keys[name]: file.path for name, file in chosen.items() if file.path is not None}
    held = set(
        test_set.stored_scores[["metric", "reference_name"]]
        .drop_duplicates()
        .itertuples(index=False, name=None)
    )
    new = {key: path for key, path in paths.items() if key not in held}
    warnings: tuple[str, ...] = ()
    files = {n: data_file(f.path, f.public) for n, f in chosen.items() if f.path is not None}
    hashes = {name: file.sha256 for name, file in files.items()}
    if new:
        published = read_published(test_set, new, higher_is_better=higher_is_better)
        test_set = _with(test_set, published.scores, published.notes, files.values())
        warnings = published.warnings
    made: dict[str, Metric] = {
        name: Stored(
            name, *keys[name], sha256=hashes.get(name, ""), family=families[chosen[name].metric]
        )
        for name in chosen
    }
    return Members(
        test_set,
        {name: metric for name, metric in made.items() if name not in sentinels},
        {name: metric for name, metric in made.items() if name in sentinels},
        warnings,
    )


def _with(
    test_set: TestSet, scores: pd.DataFrame, notes: Iterable[str], files: Iterable[DataFile]
) -> TestSet:
    """``test_set`` with further stored scores."""
    stored = pd.concat([test_set.stored_scores, scores], ignore_index=True)
    return replace(
        test_set,
        stored_scores=conform(stored, STORED_SCORES),
        files=tuple(dict.fromkeys((*test_set.files, *files))),
        notes=(*test_set.notes, *notes),
    )
