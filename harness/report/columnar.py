"""Compact JSON that can stand inside an HTML page: names coded by their place, nothing active."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterable

__all__ = ["Names", "inert_json"]

#: What could end the element, or act on a reader of the page's source.
_UNSAFE = re.compile(
    "[<>&\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)


class Names:
    """A list of distinct values, each known by its place."""

    def __init__(self, values: Iterable[Hashable] = ()) -> None:
        self.places: dict[Hashable, int] = {}
        for value in values:
            self.place(value)

    def place(self, value: Hashable) -> int:
        """The place of ``value``, which is added where it is new."""
        return self.places.setdefault(value, len(self.places))

    def listed(self) -> list[Hashable]:
        return list(self.places)


def inert_json(data: object) -> str:
    """``data`` as JSON that can stand inside an HTML ``script`` element.

    No ``<``, ``>``, ``&``, line separator, bidirectional control or lone surrogate stands in it
    unescaped. NaN is a ``ValueError``: a missing value is ``None``.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
