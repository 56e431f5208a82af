"""Tables of the report as files for papers and notes: LaTeX (booktabs) and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from harness.report.agreement_table import agreement_tables
from harness.report.content import ReportContent
from harness.report.delimited import escape_markdown
from harness.report.formatting import visible
from harness.report.grids import Cell, Grid
from harness.report.matrices import test_matrices

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
    "\N{EN DASH}": r"\textendash{}",
    "\N{NO-BREAK SPACE}": "~",
}


def escape_latex(text: str) -> str:
    """``text`` as LaTeX prints it: nothing in it is a command, a comment or a ligature.

    Control characters are written out. Letters beyond ASCII stay as they are: a current LaTeX reads
    UTF-8, and for Chinese names it takes XeLaTeX or LuaLaTeX with a font that has them.
    """
    return "".join(_LATEX.get(c, c) for c in visible(text))


def write_grids(content: ReportContent, folder: Path, *, markdown: bool, latex: bool) -> None:
    """Write what the report says of agreement to ``folder``: ``agreement`` (metric by statistic)
    and ``metric_comparisons`` (metric by metric), as .md and .tex; nothing where there is none."""
    for stem, grids in (
        ("agreement", agreement_tables(content)),
        ("metric_comparisons", test_matrices(content)),
    ):
        if grids and markdown:
            write_markdown_grids(grids, folder / f"{stem}.md")
        if grids and latex:
            write_latex_grids(grids, folder / f"{stem}.tex")


def write_latex_grids(grids: Sequence[Grid], path: Path) -> None:
    """Write ``grids`` as LaTeX ``table`` environments, one below another, for
    ``\\usepackage{booktabs,textcomp}`` (and ``graphicx``, which fits wide ones to the page)."""
    blocks = ["% needs \\usepackage{booktabs,graphicx,textcomp} and the encoding T1 or XeLaTeX"]
    blocks += [_latex(grid) for grid in grids]
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8", newline="\n")


def _latex(grid: Grid) -> str:
    n = max(len(row.cells) for row in [*grid.heads, *grid.rows])
    lines = [r"\begin{table}", r"\centering"]
    lines.append(rf"\caption{{{escape_latex(grid.caption)}. {escape_latex(grid.explanation)}}}")
    if n > 6:
        lines.append(r"\resizebox{\linewidth}{!}{%")
    lines += [rf"\begin{{tabular}}{{l{'r' * (n - 1)}}}", r"\toprule"]
    for head in grid.heads:
        lines.append(_latex_line([escape_latex(c.text) for c in head.cells]))
        if any(c.detail for c in head.cells):
            small = [
                rf"\scriptsize {escape_latex(c.detail)}" if c.detail else "" for c in head.cells
            ]
            lines.append(_latex_line(small))
    lines.append(r"\midrule")
    lines += [_latex_line([_latex_cell(c) for c in row.cells]) for row in grid.rows]
    lines += [r"\bottomrule", r"\end{tabular}" + ("}" if n > 6 else "")]
    for mark, text in grid.footnotes:
        raised = rf"\textsuperscript{{{escape_latex(mark)}}} " if mark else ""
        lines.append(rf"\par\footnotesize {raised}{escape_latex(text)}")
    lines.append(r"\end{table}")
    return "\n".join(lines)


def _latex_line(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _latex_cell(cell: Cell) -> str:
    text = escape_latex(cell.text)
    if cell.strong:
        text = rf"\textbf{{{text}}}"
    if cell.mark:
        text += rf"\textsuperscript{{{escape_latex(cell.mark)}}}"
    if cell.badge:
        text += rf" {{\scriptsize ({escape_latex(cell.badge)})}}"
    if cell.detail:
        text += rf" {{\scriptsize {escape_latex(cell.detail)}}}"
    return text


def write_markdown_grids(grids: Sequence[Grid], path: Path) -> None:
    """Write ``grids`` as GitHub-flavoured Markdown tables with headings."""
    text = "\n\n".join(_markdown(grid) for grid in grids)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _markdown(grid: Grid) -> str:
    n = max(len(row.cells) for row in [*grid.heads, *grid.rows])
    lines = [f"## {escape_markdown(grid.caption)}", "", escape_markdown(grid.explanation), ""]
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
