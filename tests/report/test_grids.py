"""Grids in files, and matrices of tests: what they hold, and that nothing in them acts."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report import ReportContent, write_grids
from harness.report.grid_files import escape_latex, write_latex_grids
from harness.report.grids import Cell, Grid, Row
from harness.report.matrices import test_matrices as matrices
from tests.support.report_sample import made_up_tables, made_up_test_set, renamed

NASTY = r"a&b%c$d#e_f{g}h~i^j\k<|>" + '"`' + "'--\n"


@pytest.fixture(scope="module")
def content() -> ReportContent:
    test_set = made_up_test_set()
    return ReportContent(test_set, made_up_tables(test_set))


def test_latex_escapes_what_latex_acts_on() -> None:
    assert escape_latex(r"&%$#_{}~^\ ") == (
        r"\&\%\$\#\_\{\}\textasciitilde{}\textasciicircum{}\textbackslash{} "
    )
    assert escape_latex("\N{MINUS SIGN}1 \N{EN DASH} 中") == r"\ensuremath{-}1 \textendash{} 中"
    assert "\n" not in escape_latex("a\nb")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_escaped_text_is_no_markup(text: str) -> None:
    """Without the commands that escaping writes, nothing that LaTeX acts on is left."""
    commands = r"\\(text[a-z]+\{\}|ensuremath\{-\}|[&%$#_{}])|\{-\}|~"
    left = re.sub(commands, "", escape_latex(text))
    assert not set(left) & set("&%$#_{}^\\~<>|\"'`\n")


def test_files_hold_the_tables(content: ReportContent, tmp_path: Path) -> None:
    write_grids(content, tmp_path, markdown=True, latex=True)
    tex = (tmp_path / "agreement.tex").read_text(encoding="utf-8")
    assert tex.count(r"\begin{tabular}") == tex.count(r"\bottomrule") == 2
    for line in tex.split("\n"):
        if line.endswith(r" \\"):
            assert len(re.findall(r"(?<!\\)&", line)) in {2, 3}  # 2 or 3 statistics a level
    assert r"\textsuperscript{a}" in tex
    markdown = (tmp_path / "agreement.md").read_text(encoding="utf-8")
    assert "## System level" in markdown
    assert "| Metric |" in markdown
    matrix = (tmp_path / "metric_comparisons.tex").read_text(encoding="utf-8")
    assert matrix.count(r"\begin{tabular}") == 5
    write_grids(content, tmp_path / "no", markdown=False, latex=False)
    assert not (tmp_path / "no").exists()


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    test_set = made_up_test_set()
    tables = {
        name: renamed(frame, lambda t: t) if name != "metrics" else frame
        for name, frame in made_up_tables(test_set).items()
    }
    tables["metrics"] = tables["metrics"].assign(label=NASTY)
    write_grids(ReportContent(test_set, tables), tmp_path, markdown=True, latex=True)
    for file in ("agreement.tex", "metric_comparisons.tex"):
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert escape_latex(NASTY) in text
        assert NASTY[:5] not in text


HOSTILE = (
    NASTY, "[x] ", "*star", "\\\\[1pt]", "\\end{tabular}", ",,",
    "\u202eabc", "中文 𠮷野家", "é×≥τ", "[" * 20, "a" * 60, "two words " * 6, "",
)  # fmt: skip


def hostile_grid(texts: Sequence[str], n_rows: int, n_columns: int) -> Grid:
    """A table with each text in every place that a text can have."""
    endless = cycle(
        Cell(t, detail=t, mark=t, badge=t, strong=bool(i % 2)) for i, t in enumerate(texts)
    )
    rows = [Row(list(islice(endless, n_columns))) for _ in range(n_rows)]
    notes = [("a", text) for text in texts]
    return Grid("Hostile", "; ".join(texts), "", rows[:2], rows, notes)


def test_no_row_begins_with_what_the_row_before_would_take(tmp_path: Path) -> None:
    write_latex_grids([hostile_grid(HOSTILE, 13, 8)], tmp_path / "t.tex")
    text = (tmp_path / "t.tex").read_text(encoding="utf-8")
    assert not re.search(r"(\\\\|rule|pt\])\s*[\[*]", text.replace(r"\\addlinespace[", ""))


def test_intervals_stand_below_or_in_long_tables_beside_their_values(tmp_path: Path) -> None:
    row = Row([Cell("m"), Cell("0.5", detail="[0.4, 0.6]")])
    for n, lines in ((20, 41), (21, 22)):
        grid = Grid("g", "e", "", [Row([Cell("h"), Cell("v")])], [row] * n)
        write_latex_grids([grid], tmp_path / "t.tex")
        text = (tmp_path / "t.tex").read_text(encoding="utf-8")
        assert text.count(" \\\\\n") == lines
        assert text.count("[0.4, 0.6]") == n


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["xelatex", "pdflatex"])
def test_latex_compiles_and_fits_the_page(
    content: ReportContent, tmp_path: Path, engine: str
) -> None:
    """A real LaTeX, with the packages that the file names and no other."""
    program = shutil.which(engine)
    if program is None:
        pytest.skip(f"needs {engine} (Debian: texlive-latex-recommended, texlive-xetex)")
    write_grids(content, tmp_path, markdown=False, latex=True)
    texts = [t for t in HOSTILE if engine == "xelatex" or (t.isascii() and t != NASTY)]
    grids = [hostile_grid(texts, *size) for size in ((3, 4), (13, 8), (45, 5))]
    write_latex_grids(grids, tmp_path / "hostile.tex")
    encoding = r"\usepackage[T1]{fontenc}" if engine == "pdflatex" else ""
    inputs = [rf"\input{{{name}}}\clearpage" for name in ("agreement", "metric_comparisons")]
    start = [r"\documentclass{article}", encoding, r"\usepackage{booktabs,graphicx,textcomp}"]
    lines = [*start, r"\begin{document}", *inputs, r"\typeout{HOSTILE}\input{hostile}"]
    (tmp_path / "paper.tex").write_text("\n".join([*lines, r"\end{document}"]), encoding="utf-8")
    done = subprocess.run(
        [program, "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    ours, _, hostile = done.stdout.partition("HOSTILE")
    assert "Overfull" not in ours and "too large" not in ours
    assert "in alignment" not in hostile


def test_a_matrix_shows_each_test_once(content: ReportContent) -> None:
    grids = matrices(content)
    tests = content.tables["metric_tests"]
    assert len(grids) == len(
        tests.drop_duplicates(["level", "statistic", "grouping", "system_score"])
    )
    for grid in grids:
        shown = [c for row in grid.rows for c in row.cells[1:] if c.detail]
        n = len(grid.rows)
        assert len(shown) == n * (n - 1) // 2
        assert all(c.strong and c.detail == "0.012" for c in shown)  # p .0004, adjusted .012
    open_ = tests.assign(p_adjusted=0.2)
    for grid in matrices(replace(content, tables={**content.tables, "metric_tests": open_})):
        shown = [c for row in grid.rows for c in row.cells[1:] if c.detail]
        assert all(not c.strong and c.text.endswith("°") and c.detail == "0.200" for c in shown)
