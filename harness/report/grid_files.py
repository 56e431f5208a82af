"""Tables of the report as files for papers and notes: LaTeX (booktabs) and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import wrap

from harness.report.agreement_table import agreement_tables
from harness.report.content import ReportContent
from harness.report.delimited import escape_markdown
from harness.report.first_table import category_grid
from harness.report.grids import Cell, Grid
from harness.report.matrices import test_matrices
from harness.support.formatting import visible

__all__ = ["escape_latex", "write_grids", "write_latex_grids", "write_markdown_grids"]

#: What LaTeX acts on, and the few signs that the report itself writes.
_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "-": "{-}",  # no ligature: two hyphens stay two hyphens
    "\N{MINUS SIGN}": r"\ensuremath{-}",
    "\N{LESS-THAN OR EQUAL TO}": r"\ensuremath{\leq}",
    "\N{RIGHTWARDS ARROW}": r"\ensuremath{\rightarrow}",
    "\N{EN DASH}": r"\textendash{}",
    "\N{NO-BREAK SPACE}": "~",
}

_LATEX_HEAD = r"""% needs \usepackage{booktabs,graphicx,textcomp}
% letters beyond Latin need XeLaTeX or LuaLaTeX, and a font that has them
\providecommand{\harnessfit}[1]{%
  \resizebox*{!}{\ifdim\totalheight>.7\textheight .7\textheight\else\totalheight\fi}{%
    \resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{#1}}}"""

#: Letters a line in the head of a column; and a line of its small print.
HEAD_WIDTH, DETAIL_WIDTH = 14, 20

#: With more rows than this, but no more columns than that, intervals stand beside their values.
TALL, NARROW = 20, 8


def escape_latex(text: str) -> str:
    """``text`` as LaTeX prints it: nothing in it is a command, a comment or a ligature.

    Control characters are written out. Letters beyond ASCII stay as they are: a current LaTeX reads
    UTF-8, and for Chinese names it takes XeLaTeX or LuaLaTeX with a font that has them.
    """
    escaped = "".join(_LATEX.get(c, c) for c in visible(text))
    return escaped.replace(",,", ",{,}").replace(r" \%", r"~\%")


def write_grids(content: ReportContent, folder: Path, *, markdown: bool, latex: bool) -> None:
    """Write what the report says of agreement to ``folder``: ``agreement`` (metric by statistic),
    ``categories`` (kind of error by metric) and ``metric_comparisons`` (metric by metric), as .md
    and .tex; nothing where there is none."""
    of_categories = category_grid(content)
    for stem, grids in (
        ("agreement", agreement_tables(content)),
        ("categories", [] if of_categories is None else [of_categories]),
        ("metric_comparisons", test_matrices(content)),
    ):
        if grids and markdown:
            write_markdown_grids(grids, folder / f"{stem}.md")
        if grids and latex:
            write_latex_grids(grids, folder / f"{stem}.tex")


def write_latex_grids(grids: Sequence[Grid], path: Path) -> None:
    """Write ``grids`` as LaTeX ``table`` environments, one below another, for
    ``\\usepackage{booktabs,graphicx,textcomp}``. One that is too large for the page is made
    smaller by the command ``\\harnessfit``, which a preamble may define in another way."""
    blocks = [_LATEX_HEAD, *(_latex(grid) for grid in grids)]
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8", newline="\n")


def _latex(grid: Grid) -> str:
    n = max(len(row.cells) for row in [*grid.heads, *grid.rows])
    lines = [r"\begin{table}", r"\centering"]
    ended = grid.caption + ("" if grid.caption.endswith("?") else ".")
    told = " ".join(filter(None, (ended, grid.explanation, grid.in_files)))
    lines.append(rf"\caption{{{escape_latex(told)}}}")
    lines += [r"\harnessfit{%", rf"\begin{{tabular}}{{l{'r' * (n - 1)}}}", r"\toprule"]
    lines += [_latex_line([_latex_head(c, i) for i, c in enumerate(r.cells)]) for r in grid.heads]
    lines.append(r"\midrule")
    beside = len(grid.rows) > TALL and n <= NARROW
    for row in grid.rows:
        cells = [_latex_cell(c) for c in row.cells]
        small = [_latex_small(c.detail) for c in row.cells]
        if beside:
            cells = [" ".join(filter(None, both)) for both in zip(cells, small, strict=True)]
        lines.append(_latex_line(cells))
        if any(small) and not beside:
            lines += [_latex_line(small), r"\addlinespace[2pt]"]
    lines += [r"\bottomrule", r"\end{tabular}}"]
    for mark, text in grid.footnotes:
        raised = rf"\textsuperscript{{{escape_latex(mark)}}} " if mark else ""
        lines.append(rf"\par\footnotesize {raised}{escape_latex(text)}")
    lines.append(r"\end{table}")
    return "\n".join(lines)


def _latex_line(cells: Sequence[str]) -> str:
    """A row. What begins with a bracket or a star would be an argument of the row before."""
    protected = "{}" if cells[0].startswith(("[", "*")) else ""
    return protected + " & ".join(cells) + r" \\"


def _latex_head(cell: Cell, column: int) -> str:
    """A head of several short lines, so that the column is no wider than its numbers."""
    lines = [escape_latex(line) for line in wrap(visible(cell.text), HEAD_WIDTH)]
    lines += [_latex_small(line) for line in wrap(visible(cell.detail), DETAIL_WIDTH)]
    if len(lines) < 2:
        return "".join(lines)
    stacked = r" \\ ".join(f"{{}}{line}" for line in lines)
    return rf"\shortstack[{'r' if column else 'l'}]{{{stacked}}}"


def _latex_small(text: str) -> str:
    return rf"{{\scriptsize {escape_latex(text)}}}" if text else ""


def _latex_cell(cell: Cell) -> str:
    text = escape_latex(cell.text)
    if cell.strong:
        text = rf"\textbf{{{text}}}"
    if "grey" in cell.classes:
        text = rf"\textit{{{text}}}"
    if cell.mark:
        text += rf"\textsuperscript{{{escape_latex(cell.mark)}}}"
    return text + (f" {_latex_small(f'({cell.badge})')}" if cell.badge else "")


def write_markdown_grids(grids: Sequence[Grid], path: Path) -> None:
    """Write ``grids`` as GitHub-flavoured Markdown tables with headings."""
    text = "\n\n".join(_markdown(grid) for grid in grids)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _markdown(grid: Grid) -> str:
    n = max(len(row.cells) for row in [*grid.heads, *grid.rows])
    told = f"{grid.explanation} {grid.in_files}".rstrip(" ")
    lines = [f"## {escape_markdown(grid.caption)}", "", escape_markdown(told), ""]
    head = grid.heads[-1].cells
    lines.append(_markdown_line(head, lambda c: _joined(c, "; ")))
    lines.append("| --- |" + " ---: |" * (n - 1))
    lines += [_markdown_line(row.cells, lambda c: _joined(c, " ")) for row in grid.rows]
    for mark, text in grid.footnotes:
        lines += ["", (f"{escape_markdown(mark)}: " if mark else "") + escape_markdown(text)]
    return "\n".join(lines)


def _markdown_line(cells: Sequence[Cell], show: Callable[[Cell], str]) -> str:
    return "| " + " | ".join(show(c) for c in cells) + " |"


def _joined(cell: Cell, between: str) -> str:
    text = escape_markdown(cell.text)
    if cell.strong:
        text = f"**{text}**"
    if cell.mark:
        text += f" <sup>{escape_markdown(cell.mark)}</sup>"
    if cell.badge:
        text += f" ({escape_markdown(cell.badge)})"
    return text + (between + escape_markdown(cell.detail) if cell.detail else "")
