"""A whole run from a script, and the results of an earlier run."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from harness.api.options import config_of
from harness.errors import InputError, visible
from harness.tables import SCHEMAS
from harness.tables.run_folder import read_record, read_table, record_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Run", "open_run", "run"]


@dataclass(frozen=True, repr=False)
class Run:
    """A run's folder: its tables, its verdict, its report."""

    folder: Path

    @cached_property
    def record(self) -> Mapping[str, Any]:
        """The content of run.json."""
        return read_record(self.folder / "run.json")

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that the run wrote, by name, in the types of their schemas."""
        found = {s.name: read_table(self.folder, s) for s in SCHEMAS if s.file is not None}
        return {name: frame for name, frame in found.items() if frame is not None}

    @property
    def verdict(self) -> str:
        """The main result in one sentence; '' if there is no metric."""
        return str(self.record["verdict"])

    @property
    def sentences(self) -> list[str]:
        """Further results, in sentences."""
        return list(self.record["sentences"])

    @property
    def report(self) -> Path | None:
        """The HTML report; None if the run wrote none."""
        path = self.folder / "report.html"
        return path if path.is_file() else None

    def plot(self, name: str, **parameters: Any) -> Figure:
        """A plot of conf/plots/ drawn from the run's tables, with the run's own parameters unless
        others are given.

        Raises
        ------
        InputError
            There is no such plot, parameter or view, or the run lacks its tables.
        """
        from harness.api.drawing import drawn

        return drawn(self.tables, name, {**self._parameters(name), **parameters})

    def _parameters(self, plot: str) -> dict[str, Any]:
        """The parameters that the run's config gave a plot."""
        import yaml

        config = yaml.safe_load(self.record.get("config") or "{}")
        own = (config.get("plots") or {}).get(plot) or {}
        return {key: value for key, value in own.items() if key != "_target_"}

    def __repr__(self) -> str:
        name = self.record["test_set"]
        return visible(f"<Run of {name} in {self.folder}: {len(self.tables)} tables>")

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p><p>{escape(visible(self.verdict))}</p>"


def run(overrides: Sequence[str] = (), *, output: str | PathLike[str] | None = None) -> Run:
    """Do the same as ``harness OVERRIDES``, and return the results. What is wrong with the texts is
    told as Python warnings, before anything is scored.

    Parameters
    ----------
    overrides
        As on the command line: ``["test_set=wmt23_zhen_news", "metrics=[bleu,chrf]"]``.
    output
        The run's folder; default: reports/<date>/<time> below the working directory.

    Raises
    ------
    InputError
        The input or a setting is wrong; nothing has been written.
    """
    from harness.runs.folder import default_output
    from harness.runs.pipeline import run as do

    if isinstance(overrides, str):
        raise InputError(
            "the overrides are a single string",
            found=repr(overrides),
            expected=f"a list: [{overrides!r}]",
        )
    started = datetime.now().astimezone()
    config = config_of(*overrides)
    if config.dry_run is not False:
        raise InputError(
            "a dry run has no results to return",
            found=f"dry_run={config.dry_run}",
            remedy="leave dry_run out, or say harness dry_run=true on the command line",
        )
    folder = Path(output or config.output or default_output(started))
    do(
        config,
        folder,
        command=["harness", *overrides],
        started=started,
        tell=lambda text: warnings.warn(text, stacklevel=2),
    )
    return Run(folder)


def open_run(folder: str | PathLike[str]) -> Run:
    """The results of an earlier run.

    Raises
    ------
    InputError
        The folder holds no run, or its run.json is damaged or not from harness.
    """
    path = Path(folder)
    record_file(path)
    opened = Run(path)
    _ = opened.record  # refused now, not where it is first used
    return opened
