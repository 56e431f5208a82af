"""The result as JUnit XML, which CI systems show beside the results of tests."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from harness.gate.comparison import Comparison, Result
from harness.gate.words import failure_text
from harness.support.formatting import number, visible

__all__ = ["junit_xml"]

SUITE = "harness gate"


def junit_xml(result: Result) -> str:
    """A test case for each comparison, and a skipped one for each that could not be made."""
    suite = ET.Element(
        "testsuite",
        name=SUITE,
        tests=str(len(result.comparisons) + len(result.uncompared)),
        failures=str(len(result.failures)),
        skipped=str(len(result.uncompared)),
        errors="0",
    )
    for comparison in result.comparisons:
        case = _case(suite, comparison.name, comparison.kind)
        text = visible(failure_text(comparison), keep="\n")
        if comparison.failed:
            failure = ET.SubElement(case, "failure", type="worse", message=_message(comparison))
            failure.text = text
        else:
            ET.SubElement(case, "system-out").text = text
    for item in result.uncompared:
        case = _case(suite, item.what, "not compared")
        ET.SubElement(case, "skipped", message=visible(item.why))
    suites = ET.Element("testsuites", name=SUITE)
    suites.append(suite)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, name: str, kind: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=f"harness.gate.{kind}", name=visible(name))


def _message(c: Comparison) -> str:
    change = f"{number(c.baseline, c.decimals)} to {number(c.value, c.decimals)}"
    return visible(f"{c.name} fell from {change}")
