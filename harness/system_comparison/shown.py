"""Which rows of the tables a reader should look at first, and in which order systems stand."""

from __future__ import annotations

import pandas as pd

from harness.system_comparison.settings import FEW_DOCUMENTS

__all__ = ["best_first", "shown"]


def best_first(scores: pd.DataFrame) -> list[str]:
    """The systems of rows with the columns system, metric and score (one score of each system by
    each metric): first those that the metrics rank highest on average, of equals by name. A missing
    score counts for nothing; a system without any is last."""
    wide = scores.pivot(index="system", columns="metric", values="score")
    order = wide.rank(ascending=False).mean(axis=1).sort_index().sort_values(kind="stable")
    return [str(name) for name in order.index]


def shown(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of SYSTEM_TESTS or SYSTEM_INTERVALS for one unit: documents if there are enough of
    them, otherwise segments; and of the tests, randomisation. If the run does not have these, the
    ones it has.
    """
    enough = len(frame) > 0 and int(frame["n_documents"].max()) >= FEW_DOCUMENTS
    frame = _preferred(frame, "unit", "document" if enough else "segment")
    return _preferred(frame, "test", "randomisation") if "test" in frame else frame


def _preferred(frame: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    found = frame[column].unique()
    wanted = value if value in found or not len(found) else found[0]
    chosen: pd.DataFrame = frame[frame[column] == wanted]
    return chosen
