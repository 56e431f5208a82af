"""What two runs have in common: segments, systems, and translations that are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.errors import InputError, unknown_name
from harness.gate.opened import Opened
from harness.gate.settings import GateSettings
from harness.meta_evaluation.material import matrix_of
from harness.meta_evaluation.scopes import documents_known
from harness.support.formatting import plural

__all__ = ["Shared", "called", "share"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Shared:
    """The segments of both runs with the same source, the document of each in the run, and the
    machine systems that both runs have; ``same`` (n_systems, n_segments) says which of their
    translations are the same text. ``renewed`` are the pairs of systems, of the run and of the
    baseline, whose translations differ. ``same_references``: so are the references."""

    run: Opened
    baseline: Opened
    segments: tuple[str, ...]
    documents: tuple[str, ...]
    systems: tuple[str, ...]
    same: Flags
    renewed: tuple[tuple[str, str], ...]
    same_references: bool
    warnings: tuple[str, ...]

    @property
    def documents_known(self) -> bool:
        return documents_known(self.documents)

    @property
    def size(self) -> str:
        """How many segments, and documents, in words."""
        segments = plural(len(self.segments), "segment")
        if not self.documents_known:
            return segments
        return f"{segments} in {plural(len(set(self.documents)), 'document')}"

    def unchanged_scores(self, metric: tuple[str, str]) -> tuple[Array, Array]:
        """The scores of the run's and of the baseline's metric for translations that are the same
        in both runs, each (n_systems, n_segments), NaN elsewhere."""
        run, baseline = (
            np.where(self.same, self.scores(of, name, self.systems), np.nan)
            for of, name in zip((self.run, self.baseline), metric, strict=True)
        )
        return run, baseline

    def scores(self, of: Opened, metric: str, systems: Sequence[str]) -> Array:
        """(n_systems, n_segments) of a run's metric, NaN where it has no score."""
        frame = of.scores[metric]
        return matrix_of(frame, "score", systems, "segment_id", self.segments)

    def ratings(self, of: Opened, category: str, systems: Sequence[str]) -> Array:
        """(n_systems, n_segments) of a run's ratings in a category, NaN where there is none."""
        frame = of.tables["ratings"]
        own = frame[frame["category"] == category]
        return matrix_of(own, "rating", systems, "segment_id", self.segments)


def share(run: Opened, baseline: Opened, settings: GateSettings) -> Shared:
    """Find what ``run`` and ``baseline`` share.

    Raises
    ------
    InputError
        They are of different test sets, have no segment in common, or lack the system that is
        asked for.
    """
    if run.test_set != baseline.test_set:
        raise InputError(
            "the runs are of different test sets",
            file=baseline.folder,
            found=f"{baseline.test_set!r} in the baseline",
            expected=repr(run.test_set),
            remedy="do both runs on the same test set",
        )
    segments, documents, warnings = _segments(run, baseline)
    new, old = (_digests(opened, "translation") for opened in (run, baseline))
    systems = tuple(s for s in run.systems if s in baseline.systems)
    same = _cells(new, systems, segments) == _cells(old, systems, segments)
    both = _present(new, systems, segments) & _present(old, systems, segments)
    renewed = _renewed(run, baseline, settings, systems, (both & ~same).any(axis=1))
    return Shared(
        run,
        baseline,
        segments,
        documents,
        systems,
        same & both,
        renewed,
        _same_references(run, baseline, segments),
        warnings,
    )


def _segments(
    run: Opened, baseline: Opened
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The shared segments, their documents, and what is said of the others."""
    new, old = (_of_kind(opened, "source") for opened in (run, baseline))
    known = dict(zip(old["segment_id"], old["digest"], strict=True))
    kept = new[[known.get(i) == d for i, d in zip(new["segment_id"], new["digest"], strict=True)]]
    if kept.empty:
        raise InputError(
            "the runs have no segment in common",
            file=baseline.folder,
            expected="segments with the same identifier and the same source text",
            remedy="do both runs on the same source text",
        )
    warnings = []
    if len(kept) < max(len(new), len(old)):
        warnings.append(
            f"{len(kept):,} segments are in both runs with the same source; only they are compared "
            f"(run: {len(new):,}, baseline: {len(old):,})"
        )
    return tuple(kept["segment_id"]), tuple(kept["document"]), tuple(warnings)


def _renewed(
    run: Opened,
    baseline: Opened,
    settings: GateSettings,
    systems: Sequence[str],
    differs: Flags,
) -> tuple[tuple[str, str], ...]:
    if not settings.system:
        return tuple((s, s) for s, changed in zip(systems, differs, strict=True) if changed)
    for opened, name in ((run, settings.system), (baseline, settings.old_system)):
        if name not in set(_of_kind(opened, "translation")["name"]):
            known = set(_of_kind(opened, "translation")["name"])
            raise unknown_name("system", name, known, file=opened.folder)
    return ((settings.system, settings.old_system),)


def _same_references(run: Opened, baseline: Opened, segments: Sequence[str]) -> bool:
    """Whether the runs gave metrics the same references of the shared segments."""
    names = [list(opened.record.get("references", ())) for opened in (run, baseline)]
    if names[0] != names[1]:
        return False
    new, old = (
        _cells(_digests(opened, "reference"), names[0], segments) for opened in (run, baseline)
    )
    return bool((new == old).all())


def _of_kind(opened: Opened, kind: str) -> pd.DataFrame:
    texts = opened.tables["texts"]
    return texts[texts["kind"] == kind]


def _digests(opened: Opened, kind: str) -> pd.DataFrame:
    return _of_kind(opened, kind).set_index(["name", "segment_id"])["digest"].unstack()


def _cells(
    wide: pd.DataFrame, names: Sequence[str], segments: Sequence[str]
) -> NDArray[np.object_]:
    """(n_names, n_segments) digests; empty where there is no text."""
    found = wide.reindex(index=list(names), columns=list(segments)).to_numpy(dtype=object)
    return np.where(pd.isna(found), "", found)


def _present(wide: pd.DataFrame, names: Sequence[str], segments: Sequence[str]) -> Flags:
    present: Flags = _cells(wide, names, segments) != ""
    return present


def called(names: tuple[str, str]) -> str:
    """A metric or system of the run, with its name in the baseline where that is another."""
    return names[0] if names[0] == names[1] else f"{names[0]} (baseline: {names[1]})"
