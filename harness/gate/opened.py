"""A run's folder with what the gate reads of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from harness.errors import InputError
from harness.tables import (
    CATEGORIES,
    CATEGORY_SEGMENTS,
    METRICS,
    RATER_RATINGS,
    RATINGS,
    SCORES,
    SYSTEMS,
    TEXTS,
    Schema,
    table,
)
from harness.tables.run_folder import read_record, read_table, record_file

__all__ = ["ALL", "Opened", "opened"]

#: The category of ratings that counts every error.
ALL = "all"
NEEDED = (METRICS, SCORES, SYSTEMS, TEXTS)
IF_THERE = (RATINGS, RATER_RATINGS, CATEGORIES, CATEGORY_SEGMENTS)


@dataclass(frozen=True)
class Opened:
    """A run: its folder, the content of run.json, and its tables by name (empty where the run
    wrote none)."""

    folder: Path
    record: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]

    @property
    def test_set(self) -> str:
        return str(self.record["test_set"])

    @cached_property
    def metrics(self) -> list[str]:
        """Its metrics, without sentinels."""
        table = self.tables["metrics"]
        return list(table.loc[table["role"] == "metric", "metric"])

    @cached_property
    def labels(self) -> dict[str, str]:
        """How reports write each metric."""
        table = self.tables["metrics"]
        return dict(zip(table["metric"], table["label"], strict=True))

    @cached_property
    def systems(self) -> list[str]:
        """Its machine systems, by name."""
        table = self.tables["systems"]
        return sorted(set(table.loc[table["role"] == "system", "system"]))

    @cached_property
    def views(self) -> list[str]:
        """Its views, the first one first."""
        return list(dict.fromkeys(self.tables["categories"]["view"]))

    @cached_property
    def scores(self) -> Mapping[str, pd.DataFrame]:
        """The segment scores of each metric."""
        table = self.tables["scores"]
        of_segments = table[table["segment_id"].notna()]
        return {str(name): own for name, own in of_segments.groupby("metric", sort=False)}

    @cached_property
    def corpus_scores(self) -> Mapping[tuple[str, str], float]:
        """(metric, system) -> the score of the whole text."""
        table = self.tables["scores"]
        own = table[table["segment_id"].isna()]
        return dict(zip(zip(own["metric"], own["system"], strict=True), own["score"], strict=True))

    def signature(self, metric: str) -> str:
        """What determines the metric's segment scores."""
        return str(self.scores[metric]["signature"].iloc[0]) if metric in self.scores else ""

    @property
    def report(self) -> Path | None:
        """Its report, if it wrote one."""
        path = self.folder / "report.html"
        return path if path.is_file() else None


def opened(folder: Path) -> Opened:
    """The run that was written into ``folder``.

    Raises
    ------
    InputError
        The folder holds no run of this version of harness, or a table is missing or damaged.
    """
    record = read_record(record_file(folder))
    tables = {schema.name: _needed(folder, schema) for schema in NEEDED}
    for schema in IF_THERE:
        found = read_table(folder, schema)
        tables[schema.name] = table([], schema) if found is None else found
    return Opened(folder, record, tables)


def _needed(folder: Path, schema: Schema) -> pd.DataFrame:
    found = read_table(folder, schema)
    if found is None:
        raise InputError(
            "a table of the run is missing", file=folder / schema.csv, remedy="do the run again"
        )
    return found
