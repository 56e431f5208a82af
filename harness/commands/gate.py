"""``harness gate run=DIR baseline=DIR``: is a metric or a system worse than in an earlier run?

Exit code 1 where something is worse beyond what chance explains (:mod:`harness.gate`).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.commands.options import add_json
from harness.commands.output import print_json, print_lines
from harness.config.suggestions import given_twice
from harness.errors import InputError, unknown_name

__all__ = ["arguments", "execute"]

WORSE = 1

#: Every setting, and what it says.
SETTINGS: Mapping[str, str] = {
    "run": "the folder of the run",
    "baseline": "the folder of the run that it is compared with",
    "tolerance": "an accepted loss: percentage points of a metric, per cent of a system's score",
    "view": "the views whose categories count, as view=[news,severity]; default: the run's first",
    "metrics": "the metrics to compare, as metrics=[bleu,chrf]; default: all of both runs",
    "metric": "one metric alone",
    "baseline_metric": "its name in the baseline, if that is another",
    "system": "one system's translations alone",
    "baseline_system": "its name in the baseline, if that is another",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    width = max(map(len, SETTINGS))
    told = "\n".join(f"  {key:<{width}}  {text}" for key, text in SETTINGS.items())
    parser.epilog = f"settings:\n{told}\n\n{parser.epilog}"
    add = parser.add_argument
    add("settings", nargs="*", metavar="KEY=VALUE", help="see below; run and baseline are needed")
    add("--junit", type=Path, metavar="FILE", help="write the result as JUnit XML to this file")
    add_json(parser)


def execute(options: argparse.Namespace) -> int:
    given = _settings(options.settings)
    from harness.gate.compare import compare_folders
    from harness.gate.junit import junit_xml
    from harness.gate.settings import GateSettings, tolerance_of
    from harness.gate.words import result_lines
    from harness.support.folders import whole_text

    chosen: dict[str, Any] = {k: given[k] for k in _NAMES if k in given}
    settings = GateSettings(
        tolerance=tolerance_of(given.get("tolerance", "0")),
        views=_listed(given.get("view", "")),
        metrics=_listed(given.get("metrics", "")),
        **chosen,
    )
    run, baseline = Path(given["run"]), Path(given["baseline"])
    result = compare_folders(run, baseline, settings)
    if options.junit is not None:
        with whole_text(options.junit, []) as stream:
            stream.write(junit_xml(result))
    if options.json:
        print_json({"run": str(run), "baseline": str(baseline), **result.record()})
    else:
        print_lines(f"run {run}", f"baseline {baseline}", *result_lines(result))
    return WORSE if result.failures else 0


_NAMES = ("metric", "baseline_metric", "system", "baseline_system")


def _settings(words: Sequence[str]) -> dict[str, str]:
    """The settings as typed.

    Raises
    ------
    InputError
        One is unknown, empty or given twice, or run or baseline is missing.
    """
    found: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise InputError(
                f"{word!r} is no setting",
                expected="KEY=VALUE",
                remedy="harness gate run=DIR baseline=DIR",
            )
        if key not in SETTINGS:
            raise unknown_name("setting", key, SETTINGS)
        if key in found:
            raise given_twice(key, found[key], value)
        if not value:
            raise InputError(f"{key} is empty", remedy=f"{key}=… is {SETTINGS[key]}")
        found[key] = value
    for key in ("run", "baseline"):
        if key not in found:
            raise InputError(f"{key} is missing", expected=SETTINGS[key], remedy=f"add {key}=DIR")
    return found


def _listed(text: str) -> tuple[str, ...]:
    """Names as typed: ``a,b`` or ``[a,b]``."""
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    return tuple(name.strip() for name in inner.split(",") if name.strip())
