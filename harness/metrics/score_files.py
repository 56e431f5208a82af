"""Several files of scores at once: every metric that they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import InputError
from harness.metrics.base import Metric
from harness.metrics.groups import Members, MetricGroup
from harness.metrics.stored import Precomputed, with_score_files
from harness.tables import TestSet
from harness.test_sets.readers.keyed_scores import read_score_table

__all__ = ["ScoreFiles"]


@dataclass(frozen=True, kw_only=True)
class ScoreFiles(MetricGroup):
    """The metrics of a user's files of segment scores; see
    :mod:`harness.test_sets.readers.keyed_scores` for their forms.

    A metric is called as its file calls it, or by the name of the file without its ending; where
    several have one name, the file's stands behind it. Higher is better, except in MetricX's JSON
    Lines, whose scores are negated.

    Parameters
    ----------
    files
        One file or several.

    Raises
    ------
    InputError
        ``files`` names none, or one twice. (Reading refuses files that do not fit the test set.)
    """

    files: str | Sequence[str]
    origin: str = field(init=False, default="file")

    def __post_init__(self) -> None:
        files = self.paths
        if not files or not all(isinstance(file, str) and file for file in files):
            raise InputError(
                "the config value scores names no file",
                found=repr(self.files),
                expected="a file or a list of files: 'scores=[a.csv,b.csv]'",
            )
        for file in files:
            if files.count(file) > 1:
                raise InputError("the file of scores is given twice", file=file)

    @property
    def paths(self) -> list[str]:
        """The files."""
        return [self.files] if isinstance(self.files, str) else list(self.files)

    def members(self, test_set: TestSet) -> Members:
        """The metrics of the files, whose scores are now in the test set."""
        found = [
            (metric or Path(path).stem, Path(path).name, path, metric)
            for path in self.paths
            for metric in read_score_table(path, test_set)
        ]
        labels = [label for label, *_ in found]
        metrics: dict[str, Metric] = {}
        for label, file, path, metric in found:
            name = label if labels.count(label) == 1 else f"{label} ({file})"
            name = name if name not in metrics else f"{label} ({path})"
            metrics[name] = Precomputed(name=name, file=path, metric=metric)
        return Members(with_score_files(test_set, metrics), metrics)
