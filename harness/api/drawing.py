"""Draws a plot of conf/plots/ from tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from harness.api.options import part_of
from harness.errors import InputError, unknown_name
from harness.support.formatting import listed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["drawn"]


def drawn(tables: Mapping[str, pd.DataFrame], name: str, parameters: Mapping[str, Any]) -> Figure:
    """The plot ``name`` with its ``parameters``.

    Raises
    ------
    InputError
        There is no such plot, parameter or view, or the tables hold nothing to draw.
    """
    from harness.config.objects import build

    config = part_of(f"plots=[{name}]")
    if name not in config.plots:
        raise unknown_name("plot", name, sorted(config.plots))
    plot = build(config.plots[name], **parameters)
    views = {str(v) for frame in tables.values() if "view" in frame for v in frame["view"].unique()}
    if "view" in parameters and views and parameters["view"] not in views:
        raise unknown_name("view in the tables", str(parameters["view"]), sorted(views))
    figure = plot.draw(tables)
    if figure is None:
        raise InputError(
            f"there is nothing to draw in the plot {name}",
            found=f"the tables {listed(sorted(tables))}",
            remedy="choose another plot; harness list plots shows what each needs",
        )
    return figure  # type: ignore[no-any-return]
