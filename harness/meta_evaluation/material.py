"""Tables as arrays: what is compared, over systems and segments or systems and documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.significance.rater_jackknife import single_raters
from harness.statistics.base import Array
from harness.tables import TestSet

__all__ = ["Material", "by_document", "by_segment", "compared_systems", "matrix_of"]

DECIMALS = 12


@dataclass(frozen=True)
class Material:
    """Scores and ratings of the compared systems on the items that somebody rated.

    ``items`` are segments or documents, ``documents`` the document of each, ``sizes`` the number
    of segments of each. ``ratings`` and each of ``scores`` and ``raters`` (what each rater gave)
    are (n_systems, n_items), NaN where missing; ``corpus`` are (n_systems, 1) scores of whole
    texts. ``whole``: the corpus scores cover these items and no others. ``texts``, (n_systems,
    n_items), are equal numbers for equal translations. ``judges`` says which translations each
    rater rated, also where only the mean of raters is known. Systems are sorted by name.
    """

    systems: tuple[str, ...]
    items: tuple[str, ...]
    documents: tuple[str, ...]
    sizes: NDArray[np.int64]
    ratings: Array
    scores: Mapping[str, Array]
    corpus: Mapping[str, Array]
    raters: Mapping[str, Array]
    whole: bool
    texts: NDArray[np.int64]
    judges: Mapping[str, NDArray[np.bool_]]

    def part(self, chosen: NDArray[np.bool_]) -> Material:
        """The same on the ``chosen`` items, those of them that somebody rated."""
        used = chosen & ~np.isnan(self.ratings).all(axis=0)
        if used.all():
            return self
        return replace(
            self,
            items=tuple(np.array(self.items, dtype=object)[used]),
            documents=tuple(np.array(self.documents, dtype=object)[used]),
            sizes=self.sizes[used],
            ratings=self.ratings[:, used],
            scores={name: matrix[:, used] for name, matrix in self.scores.items()},
            raters={name: matrix[:, used] for name, matrix in self.raters.items()},
            whole=False,
            texts=self.texts[:, used],
            judges={name: matrix[:, used] for name, matrix in self.judges.items()},
        )

    def single_raters(self) -> tuple[str, ...] | None:
        """The rater of each item where documents have one each, as of
        :func:`harness.significance.rater_jackknife.single_raters`."""
        names = sorted(self.judges)
        if not names:
            return None
        rated = np.array([self.judges[name].any(axis=0) for name in names])
        return single_raters(rated, names, self.documents)

    def without_score(self, metric: str) -> list[str]:
        """The compared systems of which the metric scores nothing that is rated."""
        rated = ~np.isnan(self.ratings)
        present = rated & ~np.isnan(self.scores[metric])
        lacking = np.flatnonzero(rated.any(axis=1) & ~present.any(axis=1))
        return [self.systems[i] for i in lacking]


def compared_systems(
    test_set: TestSet, ratings: pd.DataFrame, *, include_human: bool = False
) -> list[str]:
    """The rated machine systems by name; rated human translations too where they are asked for."""
    roles = test_set.roles
    wanted = {"system", "human"} if include_human else {"system"}
    return [s for s in sorted(set(ratings["system"])) if roles.get(s) in wanted]


def by_segment(
    test_set: TestSet,
    scores: pd.DataFrame,
    ratings: pd.DataFrame,
    rater_ratings: pd.DataFrame,
    systems: Sequence[str],
    judged: pd.DataFrame | None = None,
) -> Material:
    """The segments that somebody rated; tables of one category of ratings. ``judged`` says which
    rater rated what, if ``rater_ratings`` does not."""
    segments = list(test_set.segments["segment_id"])
    of_segments = dict(list(scores[scores["segment_id"].notna()].groupby("metric", sort=False)))
    of_texts = dict(list(scores[scores["segment_id"].isna()].groupby("metric", sort=False)))
    metrics = list(dict.fromkeys(scores["metric"]))
    empty = scores.iloc[:0]

    def corpus(metric: str) -> Array:
        own = of_texts.get(metric, empty).set_index("system")["score"]
        return own.reindex(list(systems)).to_numpy(dtype=float)[:, None]

    material = Material(
        systems=tuple(systems),
        items=tuple(segments),
        documents=tuple(map(str, test_set.segments["document"])),
        sizes=np.ones(len(segments), dtype=np.int64),
        ratings=matrix_of(ratings, "rating", systems, "segment_id", segments),
        scores={
            m: matrix_of(of_segments.get(m, empty), "score", systems, "segment_id", segments)
            for m in metrics
        },
        corpus={m: corpus(m) for m in metrics},
        raters={
            str(rater): matrix_of(own, "rating", systems, "segment_id", segments)
            for rater, own in rater_ratings.groupby("rater", sort=True)
        },
        whole=True,
        texts=_texts(test_set, systems, segments),
        judges={
            str(rater): ~np.isnan(matrix_of(own, "rating", systems, "segment_id", segments))
            for rater, own in (rater_ratings if judged is None else judged).groupby(
                "rater", sort=True
            )
        },
    )
    return material.part(np.ones(len(segments), dtype=np.bool_))


def by_document(
    test_set: TestSet,
    documents: pd.DataFrame,
    segments: Material,
) -> Material:
    """Documents of which every segment is rated: the metrics' scores of them (``documents``, table
    DOCUMENT_SCORES) and the mean ratings of their segments.

    A document has a rating where every one of its segments has one, because its score is that of
    all of them.
    """
    names = list(dict.fromkeys(map(str, test_set.segments["document"])))
    place = {name: i for i, name in enumerate(names)}
    whole = np.zeros(len(names), dtype=np.int64)
    np.add.at(whole, [place[str(d)] for d in test_set.segments["document"]], 1)
    of_item = np.array([place[d] for d in segments.documents], dtype=np.int64)

    def means(matrix: Array) -> Array:
        """(n_systems, n_documents): NaN unless every segment of the document has a value."""
        total = np.zeros((len(matrix), len(names)))
        count = np.zeros((len(matrix), len(names)), dtype=np.int64)
        np.add.at(total.T, of_item, np.nan_to_num(matrix).T)
        np.add.at(count.T, of_item, (~np.isnan(matrix)).T.astype(np.int64))
        full = count == whole
        result: Array = np.where(full, np.round(total / whole, DECIMALS), np.nan)
        return result

    by_metric = dict(list(documents.groupby("metric", sort=False)))
    empty = documents.iloc[:0]
    material = Material(
        systems=segments.systems,
        items=tuple(names),
        documents=tuple(names),
        sizes=whole,
        ratings=means(segments.ratings),
        scores={
            m: matrix_of(by_metric.get(m, empty), "score", segments.systems, "document", names)
            for m in segments.scores
        },
        corpus={},
        raters={name: means(matrix) for name, matrix in segments.raters.items()},
        whole=False,
        texts=np.arange(len(segments.systems) * len(names)).reshape(-1, len(names)),
        judges={},
    )
    return material.part(np.ones(len(names), dtype=np.bool_))


def _texts(test_set: TestSet, systems: Sequence[str], segments: Sequence[str]) -> NDArray[np.int64]:
    """(n_systems, n_segments): equal numbers for equal translations; none equals a missing one."""
    frame = test_set.hypotheses
    numbers = pd.factorize(frame["hypothesis"])[0]
    row = pd.Index(systems).get_indexer(pd.Index(frame["system"]))
    column = pd.Index(segments).get_indexer(pd.Index(frame["segment_id"]))
    known = (row >= 0) & (column >= 0)
    shape = len(systems), len(segments)
    result: NDArray[np.int64] = -1 - np.arange(shape[0] * shape[1], dtype=np.int64).reshape(shape)
    result[row[known], column[known]] = numbers[known]
    return result


def matrix_of(
    frame: pd.DataFrame, column: str, systems: Sequence[str], item: str, items: Sequence[str]
) -> Array:
    """(n_systems, n_items) of a long table, NaN where it has no row."""
    matrix = np.full((len(systems), len(items)), np.nan)
    row = pd.Index(systems).get_indexer(pd.Index(frame["system"]))
    column_of = pd.Index(items).get_indexer(pd.Index(frame[item]))
    known = (row >= 0) & (column_of >= 0)
    matrix[row[known], column_of[known]] = frame[column].to_numpy(dtype=float)[known]
    return matrix
