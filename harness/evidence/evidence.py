"""The evidence of rated test sets: made from runs, written, and read again."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from harness.errors import InputError
from harness.evidence.probit import SystemMeans, agreed_share, fit
from harness.support.resources import resource_folder
from harness.tables import (
    CATEGORIES,
    METRIC_EVIDENCE,
    SLOPES,
    SYSTEMS,
    Schema,
    TableError,
    conform,
    table,
)
from harness.tables.run_folder import read_record, read_table

__all__ = ["NONE", "SHIPPED", "Evidence", "evidence_of_runs", "load_evidence", "plain_signature"]

SHIPPED, NONE = "shipped", "none"
FILES = {"slopes": "slopes.csv", "categories": "categories.csv"}
#: The one category of annotations that name none.
UNNAMED = "other"
#: Parts of a signature that change without the scores.
_VERSIONS = re.compile(r"\|(?:version|sha256):[^|]*")


@dataclass(frozen=True)
class Evidence:
    """``slopes`` (table SLOPES): of each metric fitted to all of its test sets, and to all but each
    one. ``categories`` (table METRIC_EVIDENCE): which kinds of error each metric sees."""

    slopes: pd.DataFrame
    categories: pd.DataFrame

    def write(self, folder: Path) -> None:
        """Write both tables as CSV into a folder, from which :func:`load_evidence` reads them."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, file in FILES.items():
            frame: pd.DataFrame = getattr(self, name)
            text = frame.to_csv(index=False, float_format="%.6g", lineterminator="\n")
            (folder / file).write_text(text, encoding="utf-8")


def plain_signature(signature: str) -> str:
    """A metric's signature without versions of programs and sums of files, which do not change what
    is computed: two metrics with one plain signature are one metric."""
    return _VERSIONS.sub("", signature)


def load_evidence(setting: str) -> Evidence | None:
    """The evidence that the setting ``evidence`` means: 'shipped', 'none', or a folder that holds
    either evidence that was written, or runs on rated test sets (also a sweep), beside what is
    shipped.

    Raises
    ------
    InputError
        The folder does not exist or holds neither.
    """
    if setting == NONE:
        return None
    shipped = _read(resource_folder("datasets") / "evidence")
    if setting == SHIPPED:
        return shipped
    folder = Path(setting)
    if not folder.is_dir():
        raise InputError(
            "the folder of evidence does not exist",
            file=folder,
            expected="shipped, none, or a folder of runs on rated test sets",
            remedy="make runs on rated test sets and name their folder: evidence=DIR",
        )
    own = _read(folder) if (folder / FILES["slopes"]).is_file() else evidence_of_runs(folder)
    return Evidence(
        _joined(shipped.slopes, own.slopes), _joined(shipped.categories, own.categories)
    )


def _joined(shipped: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Own rows in place of those that are shipped of the same metric."""
    kept = shipped[~shipped["signature"].isin(set(own["signature"]))]
    return pd.concat([kept, own], ignore_index=True)


def _read(folder: Path) -> Evidence:
    try:
        return Evidence(
            SLOPES.read(folder / FILES["slopes"]),
            METRIC_EVIDENCE.read(folder / FILES["categories"]),
        )
    except (OSError, TableError, ValueError) as error:
        raise InputError("the evidence cannot be read", file=folder, found=str(error)) from error


def evidence_of_runs(folder: Path, confidence: float = 0.95) -> Evidence:
    """What the runs in ``folder`` (the folder of a run, or of several) say of their metrics.

    Raises
    ------
    InputError
        No run has rated systems, two are on one test set, or a file of a run is damaged.
    """
    runs: dict[str, Path] = {}
    for record in sorted({*folder.glob("run.json"), *folder.glob("*/run.json")}):
        name = str(read_record(record)["test_set"])
        if name in runs:
            raise InputError(
                f"two runs are on the test set {name!r}",
                file=record.parent,
                found=str(runs[name]),
                expected="one run for each rated test set",
                remedy="name a folder with one run of each: evidence=DIR",
            )
        runs[name] = record.parent
    systems = {name: _table(run, SYSTEMS) for name, run in runs.items()}
    rows = [row for frame in systems.values() for row in _means(frame)]
    if not rows:
        raise InputError(
            "the folder holds no run with rated systems",
            file=folder,
            remedy="make one: harness test_set=wmt23_zhen_news output=DIR/wmt23",
        )
    found = [_table(run, CATEGORIES).assign(rated_set=name) for name, run in runs.items()]
    signatures = {
        (name, str(m)): plain_signature(str(s))
        for name, frame in systems.items()
        for m, s in zip(frame["metric"], frame["signature"], strict=True)
    }
    return Evidence(
        table(list(_slopes(rows, confidence)), SLOPES),
        _categories(pd.concat(found, ignore_index=True), signatures),
    )


def _table(run: Path, schema: Schema) -> pd.DataFrame:
    """The run's table; without rows where the run has none."""
    found = read_table(run, schema)
    return table([], schema) if found is None else found


def _means(systems: pd.DataFrame) -> Iterator[tuple[str, str, str, SystemMeans]]:
    """Metric, plain signature, test set and the means of its rated systems."""
    own = systems[(systems["role"] == "system") & systems[["score", "rating"]].notna().all(axis=1)]
    for (metric, signature, name), rows in own.groupby(
        ["metric", "signature", "test_set"], sort=False
    ):
        means = SystemMeans(
            rows["score"].to_numpy(dtype=float), rows["rating"].to_numpy(dtype=float)
        )
        yield str(metric), plain_signature(str(signature)), str(name), means


def _slopes(
    rows: Sequence[tuple[str, str, str, SystemMeans]], confidence: float
) -> Iterator[dict[str, Any]]:
    of_metric: dict[str, dict[str, SystemMeans]] = {}
    names: dict[str, str] = {}
    for metric, signature, name, means in rows:
        of_metric.setdefault(signature, {})[name] = means
        names.setdefault(signature, metric)
    for signature, sets in of_metric.items():
        yield _slope(names[signature], signature, sets, "", confidence)
        for held_out in sets if len(sets) > 1 else ():
            yield _slope(names[signature], signature, sets, held_out, confidence)


def _slope(
    metric: str, signature: str, sets: Mapping[str, SystemMeans], held_out: str, confidence: float
) -> dict[str, Any]:
    own = {name: means for name, means in sets.items() if name != held_out}
    found = fit(list(own.values()), confidence)
    expected = observed = math.nan
    if held_out:
        size, agreed = sets[held_out].pairs()
        observed = float(agreed.mean())
        expected = sum(agreed_share(found.slope, float(v)) for v in size) / size.size
    return {
        "metric": metric,
        "signature": signature,
        "test_sets": " + ".join(own),
        "slope": found.slope,
        "low": found.low,
        "high": found.high,
        "largest": found.largest,
        "n_systems": found.n_systems,
        "n_pairs": found.n_pairs,
        "held_out": held_out,
        "expected": expected,
        "observed": observed,
        "confidence": confidence if not math.isnan(found.low) else math.nan,
    }


def _categories(rows: pd.DataFrame, signatures: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """The rows of metrics of each run's first view, where its annotations name categories."""
    kept = []
    for name, frame in rows.groupby("rated_set", sort=False):
        own = frame[(frame["kind"] == "metric") & (frame["view"] == frame["view"].iloc[0])]
        if set(own["category"]) == {UNNAMED}:
            continue
        judged = own[own["p_holm"].notna()]
        own = own.assign(
            signature=[signatures[str(name), str(m)] for m in own["metric"]],
            n_metrics=judged["metric"].nunique(),
        )
        kept.append(own)
    if not kept:
        return table([], METRIC_EVIDENCE)
    return conform(pd.concat(kept, ignore_index=True)[METRIC_EVIDENCE.names], METRIC_EVIDENCE)
