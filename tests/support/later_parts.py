"""A report with the parts that its script would make, where the script would put them."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

from harness.report.packing import unpacked

__all__ = ["later_parts", "markup", "whole_page"]

PACKED = re.compile(r'<script type="application/gzip;base64" id="parts">([^<]*)</script>')
PLACE = re.compile(r'(<template data-part="(\d+)"[^>]*>)</template>')


def later_parts(page: str) -> list[Any]:
    """The parts of a page, each a list of nodes."""
    found = PACKED.search(page)
    parts: list[Any] = json.loads(unpacked(found[1])) if found else []
    return parts


def whole_page(page: str) -> str:
    """``page`` with every part within its template."""
    parts = later_parts(page)
    return PLACE.sub(lambda place: f"{place[1]}{markup(parts[int(place[2])])}</template>", page)


def markup(nodes: list[Any]) -> str:
    """Nodes as HTML."""
    return "".join(map(_node, nodes))


def _node(node: Any) -> str:
    if isinstance(node, str):
        return escape(node)
    tag, attributes, *inner = node
    named = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{named}>{markup(inner)}</{tag}>"
