"""What cards say of the families of published metrics."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import InputError, unknown_name
from harness.support.families import FAMILIES, OTHER
from harness.test_sets.cards import find_card, load_card

__all__ = ["Families", "families_of"]

_ALL = "all"


class Families:
    """The family of each metric, by its name in a card; ``other`` where the card is silent.

    Parameters
    ----------
    given
        Family -> the names of its metrics; ``{LLM: all}`` where all metrics are of one family.
    file, line
        The card, and where they stand in it, for messages.

    Raises
    ------
    InputError
        ``given`` has another form, an unknown family, or a metric twice.
    """

    def __init__(
        self, given: Any = None, file: Path | None = None, line: int | None = None
    ) -> None:
        self._of: dict[str, str] = {}
        self._default = OTHER
        if given is None:
            return
        if not isinstance(given, Mapping):
            raise _malformed(given, file, line)
        for family, names in given.items():
            if family not in FAMILIES:
                known = list(FAMILIES)
                raise unknown_name("family of metrics", str(family), known, file=file, line=line)
            if names == _ALL and len(given) == 1:
                self._default = family
                continue
            if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
                raise _malformed(given, file, line)
            for name in names:
                if self._of.setdefault(name, family) != family:
                    raise InputError(
                        "the card gives a metric two families",
                        file=file,
                        line=line,
                        found=f"{name}: {self._of[name]}, {family}",
                        expected="one",
                    )

    def __getitem__(self, metric: str) -> str:
        return self._of.get(metric, self._default)

    @property
    def names(self) -> list[str]:
        """The metrics that the card names."""
        return list(self._of)


def _malformed(given: Any, file: Path | None, line: int | None) -> InputError:
    return InputError(
        "the families of the card are no lists of metrics",
        file=file,
        line=line,
        found=str(given),
        expected="families: {string: [BLEU, chrF]}, or families: {LLM: all}",
    )


def families_of(card: Mapping[str, Any]) -> Families:
    """The families in the parts of a test set's card that are for people.

    ``families: NAME`` in a card are those of the card NAME, a test set with the same metrics.

    Raises
    ------
    InputError
        They have another form, or there is no card of that name.
    """
    given = card.get("families")
    if isinstance(given, str):
        other = load_card(find_card(given))
        return Families(other.about.get("families"), other.path)
    return Families(given)
