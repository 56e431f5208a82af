"""How numbers and lists are written in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from harness.support.formatting import MINUS, listed, number

__all__ = ["MOST_NAMED", "adjusted", "capital", "decimal", "p_text", "per_cent", "some"]

#: A list in a sentence names at most this many things and counts the rest.
MOST_NAMED = 5


def some(names: Sequence[str], joint: str = "and", most: int = MOST_NAMED) -> str:
    """The names as a list; of many, the first and how many more there are: ``A, B, C, D, E and 22
    more``."""
    if len(names) <= most:
        return listed(names, joint)
    return listed([*names[:most], f"{len(names) - most} more"], joint)


def decimal(value: float) -> str:
    """A statistic between -1 and 1, three decimals: ``.540``, ``−.012``; an en dash where it is
    missing."""
    text = number(value, 3)
    return text.replace("0.", ".", 1) if text.lstrip(MINUS).startswith("0.") else text


def p_text(p: float) -> str:
    """``p = .012``; ``p < .001`` below that."""
    if p < 0.001:
        return "p < .001"
    return f"p = {p:.3f}".replace("0.", ".").replace("1.000", "1")


def adjusted(p: float) -> str:
    """``adjusted p = .012``."""
    return f"adjusted {p_text(p)}"


def per_cent(share: float, decimals: int = 1) -> str:
    """A share of 1 in per cent: ``53.8 %``."""
    return f"{100 * share:.{decimals}f} %".replace("-", MINUS)


def capital(text: str) -> str:
    """The text with a capital letter first."""
    return text[:1].upper() + text[1:]
