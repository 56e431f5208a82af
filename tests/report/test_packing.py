"""Data for the page's script, packed: columns of numbers, and parts that are made later."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from harness.report.html import render_report
from harness.report.later import LaterParts, elements_of
from harness.report.packing import packed, unpacked
from tests.support.hostile_pages import each_payload, marked
from tests.support.later_parts import later_parts, markup, whole_page
from tests.support.report_sample import made_up_content

WHOLE = st.integers(-(2**40), 2**40)


def content_of(text: str) -> bytes:
    return gzip.decompress(base64.b64decode(text))


@given(
    st.lists(
        st.one_of(
            st.lists(st.integers(-128, 127), min_size=64, max_size=70),
            st.lists(st.integers(-(2**31), 2**31 - 1), min_size=64, max_size=70),
            st.lists(WHOLE, min_size=64, max_size=70),
            st.lists(st.none() | st.booleans() | st.text(), min_size=64, max_size=66),
        ),
        max_size=4,
    )
)
def test_what_is_packed_comes_back(lists: list[list[Any]]) -> None:
    data = {"named": lists, "inner": {"list": [{"own": own} for own in lists]}}
    back = json.loads(unpacked(packed(data)))
    assert back == data
    for own, again in zip(lists, back["named"], strict=True):
        assert [type(v) for v in own] == [type(v) for v in again]  # True is no 1


@pytest.mark.parametrize(
    ("numbers", "width"),
    [([0, 127] * 40, 1), ([0, -128] * 40, 1), ([0, 128] * 40, 2), ([0, -32769] * 40, 4)],
)
def test_a_column_takes_the_fewest_bytes(numbers: list[int], width: int) -> None:
    content = content_of(packed({"a": "\u4e2d", "b": numbers}))
    length = int.from_bytes(content[:4], "little")
    head = json.loads(content[4 : 4 + length])
    assert head["data"] == {"a": "\u4e2d", "b": None}
    start = 4 * -(-(4 + length) // 4)
    assert len(content) == start + width * len(numbers)
    first, second = content[start : start + width], content[start + width : start + 2 * width]
    assert int.from_bytes(first, "little", signed=True) == numbers[0]
    assert int.from_bytes(second, "little", signed=True) == numbers[1]


@pytest.mark.parametrize("numbers", [[1] * 63, [2**31] + [1] * 70, [True] * 70, [1.0] * 70])
def test_other_lists_stay_json(numbers: list[Any]) -> None:
    content = content_of(packed({"a": numbers}))
    head = json.loads(content[4 : 4 + int.from_bytes(content[:4], "little")])
    assert head == {"data": {"a": numbers}, "columns": []}


def test_markup_becomes_lists() -> None:
    parts = LaterParts()
    text = (
        '<table>\n <tr>\n<td class="number">1 &lt; <b>2</b> <i>x</i>  y</td></tr></table>'
        '<svg viewBox="0 0 1 1" preserveAspectRatio="none"><line x1="&quot;"/></svg>'
    )
    cell = ["td", {"class": "number"}, "1 < ", ["b", {}, "2"], " ", ["i", {}, "x"], "  y"]
    table = ["table", {}, ["tr", {}, cell]]
    line = ["line", {"x1": '"'}]
    svg = ["svg", {"viewBox": "0 0 1 1", "preserveAspectRatio": "none"}, line]
    assert elements_of(text) == [table, svg]
    assert [parts(part) for part in map(Markup, ("<p>a</p>", text))] == [0, 1]
    assert json.loads(unpacked(parts.packed())) == [[["p", {}, "a"]], [table, svg]]


def test_unbalanced_markup_is_refused() -> None:
    for text in ("<p>a</b></p>", "</p>"):
        with pytest.raises(ValueError, match="closes no element"):
            elements_of(text)


def shape(nodes: list[Any]) -> list[Any]:
    """Names of elements and attributes, without texts and values."""
    return [
        (node[0], tuple(node[1]), shape(node[2:])) for node in nodes if not isinstance(node, str)
    ]


@pytest.mark.parametrize("payload", each_payload())
def test_no_text_of_the_data_makes_an_element_of_a_part(payload: str) -> None:
    plain = later_parts(render_report(made_up_content(rename=marked("x"))))
    hostile = later_parts(render_report(made_up_content(rename=marked(payload))))
    assert len(plain) == len(hostile) > 3
    assert list(map(shape, hostile)) == list(map(shape, plain))
    values = {
        (name, value.split("?")[0])
        for part in hostile
        for name, value in re.findall(r' (href|src|style|on\w+)="([^"]*)"', markup(part))
    }
    assert values <= {("href", "#segments")}


def test_every_part_has_a_place() -> None:
    page = render_report(made_up_content(40, 4, 3))
    places = lxml.html.document_fromstring(page).xpath("//template/@data-part")
    assert sorted(map(int, places)) == list(range(len(later_parts(page))))
    filled = lxml.html.document_fromstring(whole_page(page)).xpath("//template")
    assert all(len(template) for template in filled)
