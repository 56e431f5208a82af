"""Claims as the page shows them: the sentence, and behind a fold what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.claims.claim import Claim
from harness.support.formatting import humanise, number

__all__ = ["MOST_ROWS", "ShownClaim", "shown_claims"]

#: Rows of evidence on the page; run.json has all.
MOST_ROWS = 12

KINDS: Mapping[str, str] = {
    "shown": "Shown by a test",
    "described": "A description of these data",
    "open": "Not told by these data",
}
#: Columns of a key that are the same in every row of a run's page.
OMITTED = ("test_set",)


@dataclass(frozen=True)
class ShownClaim:
    """A sentence; ``kind`` and ``licence`` in words; ``files``, for each table that it rests on its
    file and a line for each row; ``n_more`` rows that are only in run.json."""

    text: str
    kind: str
    licence: str
    files: Sequence[tuple[str, Sequence[str]]]
    n_more: int

    @property
    def clauses(self) -> list[str]:
        """The sentence cut after every semicolon that stands in no brackets."""
        return _clauses(self.text)


def _clauses(text: str) -> list[str]:
    cuts, depth = [0], 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if text.startswith("; ", place) and depth <= 0:
            cuts.append(place + len("; "))
    ends = [*cuts[1:], len(text)]
    return [text[start:end].rstrip(" ") for start, end in zip(cuts, ends, strict=True)]


def shown_claims(claims: Iterable[Claim]) -> list[ShownClaim]:
    """The claims in their order."""
    return [_shown(claim) for claim in claims]


def _shown(claim: Claim) -> ShownClaim:
    files: dict[str, list[str]] = {}
    for evidence in claim.evidence[:MOST_ROWS]:
        where = ", ".join(str(v) for k, v in evidence.key.items() if k not in OMITTED)
        numbers = ", ".join(f"{humanise(k)} {_text(v)}" for k, v in evidence.numbers.items())
        files.setdefault(evidence.file, []).append(f"{where}: {numbers}")
    return ShownClaim(
        claim.text,
        KINDS[claim.kind],
        claim.licence,
        list(files.items()),
        max(0, len(claim.evidence) - MOST_ROWS),
    )


def _text(value: Any) -> str:
    """A number in four significant digits, anything else as it is."""
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e6:
            return number(value, 0)
        return f"{value:.4g}".replace("-", "\N{MINUS SIGN}")
    return "missing" if value is None else str(value)
