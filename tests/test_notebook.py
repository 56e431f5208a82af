"""docs/notebook.ipynb runs as written and shows what it says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.conftest import ROOT


def script() -> Any:
    """scripts/write_notebook.py as a module."""
    path = ROOT / "scripts" / "write_notebook.py"
    spec = importlib.util.spec_from_file_location("write_notebook", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def texts(cell: Any) -> list[str]:
    """What a cell shows, but for pictures."""
    return [
        output.get("text") or output.get("data", {}).get("text/html")
        for output in cell.get("outputs", [])
        if "image/png" not in output.get("data", {})
    ]


def test_the_cells_are_those_of_the_script() -> None:
    committed = nbformat.read(ROOT / "docs" / "notebook.ipynb", 4)
    assert [c.source for c in committed.cells] == [c.source for c in script().notebook().cells]
    assert any(
        "image/png" in o.get("data", {}) for c in committed.cells for o in c.get("outputs", [])
    )


def test_the_notebook_runs_and_shows_the_same(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_MIRROR", str(mirror))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    book = script().notebook()
    script().execute(book, tmp_path)
    committed = nbformat.read(ROOT / "docs" / "notebook.ipynb", 4)
    for made, old in zip(book.cells, committed.cells, strict=True):
        assert texts(made) == texts(old), made.source
