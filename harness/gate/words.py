"""What the gate says: a table and a few lines for the terminal, and the text of one failure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from itertools import groupby

from harness.gate.comparison import Comparison, Result
from harness.support.formatting import interval, listed, number, p_value, plural

__all__ = ["failure_text", "result_lines", "verdict_line"]

WIDTH = 80
INDENT = "  "
WORSE = "\N{MULTIPLICATION SIGN} "
#: Of more, the table of what is unchanged names this many.
MOST_NAMED = 5


def verdict_line(result: Result) -> str:
    """The outcome in one sentence."""
    n, worse = len(result.comparisons), len(result.failures)
    if not n:
        return "Nothing differs between the runs, so nothing is worse."
    compared = plural(n, "comparison")
    if worse:
        return f"Worse than the baseline in {worse} of {compared}."
    return f"Nothing is shown to be worse than the baseline, in {compared}."


def result_lines(result: Result) -> list[str]:
    """The whole result: what was compared, the tables, the failures, the verdict. Lines have at
    most 80 characters, unless a name or an address is longer."""
    lines = [line for text in result.compared for line in _wrapped(text)]
    if result.unchanged:
        lines += _wrapped(f"the same in both runs: {_few(result.unchanged)}")
    lines += [line for text in result.warnings for line in _wrapped(f"warning: {text}")]
    for item in result.uncompared:
        lines += _wrapped(f"not compared: {item.what}: {item.why}")
    for (kind, subject), own in groupby(result.comparisons, key=lambda c: (c.kind, c.subject)):
        lines += ["", *_table(f"{kind} {subject}", list(own), result.confidence)]
    for failure in result.failures:
        lines += ["", f"WORSE  {failure.name}", *_indented(failure_text(failure))]
    return [*lines, "", *_wrapped(f"{verdict_line(result)} {_reach(result)}".rstrip())]


def failure_text(c: Comparison) -> str:
    """Why a comparison failed, in a few lines."""
    size = f"{number(c.baseline, c.decimals)} \N{RIGHTWARDS ARROW} {number(c.value, c.decimals)}"
    change = f"{size}, a difference of {_signed(c)}"
    lines = []
    if c.p == c.p:
        ends = interval(c.low, c.high, c.decimals)
        lines.append(f"{change} {ends}".rstrip())
        lines.append(f"p {p_value(c.p)}, adjusted {p_value(c.p_adjusted)}; {c.method}")
        if c.tolerance:
            lines.append(f"accepted was a loss of {number(c.tolerance, c.decimals)}")
    else:
        lines.append(change)
    lines.append(_sizes(c))
    if c.baseline_subject != c.subject:
        lines.append(f"the baseline is {c.baseline_subject}")
    if c.note:
        lines.append(c.note)
    if c.examples:
        lines.append(f"most was lost on segment {listed(c.examples)}")
    if c.link:
        lines.append(c.link)
    return "\n".join(lines)


def _sizes(c: Comparison) -> str:
    parts = [f"{c.n:,} {c.items}"]
    if c.items != "segments":
        parts.append(plural(c.n_segments, "segment"))
    if c.n_documents:
        parts.append(plural(c.n_documents, "document"))
    text = ", ".join(parts)
    if c.n_lost is not None and c.n_won is not None:
        text += f"; {c.n_lost:,} worse, {c.n_won:,} better than before"
    return text


def _reach(result: Result) -> str:
    """How large a loss would have been found, where nothing was."""
    known = [c for c in result.comparisons if c.detectable == c.detectable]
    if result.failures or not known:
        return ""
    least, most = (f(known, key=lambda c: c.detectable) for f in (min, max))
    text = f"A loss of {number(least.detectable, 1)} points ({least.what})"
    if most is not least:
        text += f" to {number(most.detectable, 1)} ({most.what})"
    beyond = " beyond the tolerance" if least.tolerance else ""
    return f"{text}{beyond} would most likely have been found."


def _table(title: str, rows: Sequence[Comparison], confidence: float) -> list[str]:
    heads = ["baseline", "run", "differ.", f"{100 * confidence:g} % interval", "p", "adj. p"]
    cells = [
        [
            number(c.baseline, c.decimals),
            number(c.value, c.decimals),
            _signed(c),
            interval(c.low, c.high, c.decimals),
            "" if c.p != c.p else p_value(c.p),
            "" if c.p != c.p else p_value(c.p_adjusted),
        ]
        for c in rows
    ]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    room = WIDTH - sum(widths) - 2 * len(widths)
    names = [f"{WORSE if c.failed else INDENT}{_place(c)}" for c in rows]
    return [
        line
        for name, own in zip([title, *names], [heads, *cells], strict=True)
        for line in _row(name, own, widths, room)
    ]


def _row(name: str, cells: Sequence[str], widths: Sequence[int], room: int) -> list[str]:
    """A name that does not fit before the numbers has a line of its own."""
    numbers = "".join(
        f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=True)
    ).rstrip()
    if len(name) > room:
        return [name, " " * room + numbers]
    return [f"{name:<{room}}{numbers}"]


def _place(c: Comparison) -> str:
    return f"{c.view}/{c.what}" if c.view else c.what


def _signed(c: Comparison) -> str:
    text = number(c.difference, c.decimals)
    return f"+{text}" if c.difference > 0 and text.strip("0.,") else text


def _few(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED} more"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, subsequent_indent=INDENT, break_long_words=False, break_on_hyphens=False
    )


def _indented(text: str) -> Iterable[str]:
    for line in text.split("\n"):
        yield from textwrap.wrap(
            line,
            WIDTH,
            initial_indent=" " * 7,
            subsequent_indent=" " * 9,
            break_long_words=False,
            break_on_hyphens=False,
        )
