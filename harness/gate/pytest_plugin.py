"""``pytest --harness-gate RUN --harness-baseline BASELINE``: each comparison of the gate is a test.

Loaded in every pytest of an environment that has harness, so nothing is imported before the option
is given. Comparisons are collected after the tests of the files, and can be chosen by ``-k``.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.gate.comparison import Comparison, Result, Uncompared

__all__ = ["GateItem", "GateReport", "pytest_addoption", "pytest_make_collect_report"]

RUN, BASELINE, TOLERANCE = "--harness-gate", "--harness-baseline", "--harness-tolerance"
NODE = "harness-gate"


class WorseError(Exception):
    """A comparison that failed; its text is all that is shown of it."""


class GateReport(pytest.Collector):
    """The comparisons of two runs."""

    def __init__(self, *, result: Result, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.result = result

    def collect(self) -> Iterator[GateItem]:
        for found in (*self.result.comparisons, *self.result.uncompared):
            name = getattr(found, "name", None) or getattr(found, "what", "")
            yield GateItem.from_parent(self, name=str(name), found=found)


class GateItem(pytest.Item):
    """One comparison, or what could not be compared, which is skipped with the reason."""

    def __init__(self, *, found: Comparison | Uncompared, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.found = found

    def runtest(self) -> None:
        from harness.gate.comparison import Uncompared
        from harness.gate.words import failure_text

        if isinstance(self.found, Uncompared):
            pytest.skip(self.found.why)
        if self.found.failed:
            raise WorseError(failure_text(self.found))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, WorseError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness", "harness: is a metric or a system worse than before?")
    group.addoption(RUN, metavar="DIR", help="the folder of the run to compare")
    group.addoption(BASELINE, metavar="DIR", help="the folder of the run it is compared with")
    group.addoption(TOLERANCE, metavar="X", help="the accepted loss (default: 0)")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let the session hold the comparisons beside the files."""
    report = yield
    if isinstance(collector, pytest.Session):
        report.result += _asked_for(collector)
    return report


def _asked_for(session: pytest.Session) -> list[GateReport]:
    """The comparisons of the runs that the options name; none without the options."""
    run, baseline, tolerance = (session.config.getoption(n) for n in (RUN, BASELINE, TOLERANCE))
    if run is None and baseline is None and tolerance is None:
        return []
    if run is None or baseline is None:
        absent = RUN if run is None else BASELINE
        raise pytest.UsageError(f"the gate needs {RUN} and {BASELINE}: add {absent} DIR")
    result = _compared(Path(run), Path(baseline), tolerance or "0")
    return [GateReport.from_parent(session, name=NODE, nodeid=NODE, result=result)]


def _compared(run: Path, baseline: Path, tolerance: str) -> Result:
    from harness.errors import InputError
    from harness.gate.compare import compare_folders
    from harness.gate.settings import GateSettings, tolerance_of

    try:
        return compare_folders(run, baseline, GateSettings(tolerance=tolerance_of(tolerance)))
    except InputError as error:
        raise pytest.UsageError(error.render()) from error
