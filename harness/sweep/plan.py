"""The plan of a sweep: its jobs, written to disk before the first one begins."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser

from harness import __version__
from harness.errors import InputError

__all__ = ["Job", "Plan", "check_root", "planned_jobs", "read_plan", "write_plan"]

PLAN = "sweep.json"
_PARTIAL = f".{PLAN}.partial"  # all that there is of it if the driver was killed at the start


@dataclass(frozen=True)
class Job:
    """One run of a sweep: its number, which names its folder, and its overrides."""

    number: int
    overrides: tuple[str, ...]

    @property
    def name(self) -> str:
        return " ".join(self.overrides)


@dataclass(frozen=True)
class Plan:
    """All jobs of a sweep, the keys that differ between them, the command and when it began."""

    jobs: tuple[Job, ...]
    command: str
    started: str

    @property
    def swept(self) -> list[str]:
        """The keys whose values differ between jobs, in order."""
        values: dict[str, set[str]] = {}
        for job in self.jobs:
            for override in job.overrides:
                key, _, value = override.partition("=")
                values.setdefault(key, set()).add(value)
        return [key for key, seen in values.items() if len(seen) > 1]


def planned_jobs(overrides: Sequence[str]) -> tuple[Job, ...]:
    """The jobs of Hydra's basic sweeper: every combination of the values that ``overrides`` give.

    Raises
    ------
    hydra.errors.HydraException
        An override cannot be read.
    """
    lists = []
    for override in OverridesParser.create().parse_overrides(list(overrides)):
        key = override.get_key_element()
        if override.is_discrete_sweep():
            lists.append([f"{key}={value}" for value in override.sweep_string_iterator()])
        else:
            lists.append([f"{key}={override.get_value_element_as_str()}"])
    return tuple(Job(i, tuple(own)) for i, own in enumerate(itertools.product(*lists)))


def check_root(root: Path) -> None:
    """Refuse a folder that holds something other than an earlier sweep.

    Raises
    ------
    InputError
        It does, or is a file.
    """
    if not root.exists():
        return
    if not root.is_dir():
        raise InputError(
            "the sweep's folder is a file", file=root, remedy="choose another: output=DIR"
        )
    own = {PLAN, _PARTIAL}
    content = sorted(path.name for path in root.iterdir())
    if content and not own & set(content) and not all(name.isdigit() for name in content):
        raise InputError(
            "the sweep's folder exists and holds something other than a sweep",
            file=root,
            found=", ".join(content[:5]),
            expected="no folder, an empty one, or an earlier sweep, whose runs are replaced",
            remedy="choose another: output=DIR",
        )


def write_plan(root: Path, plan: Plan) -> None:
    """Write ``sweep.json`` into ``root``, which is made.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    record = {
        "harness": __version__,
        "command": plan.command,
        "started": plan.started,
        "jobs": [{"number": j.number, "overrides": list(j.overrides)} for j in plan.jobs],
    }
    text = json.dumps(record, ensure_ascii=False, indent=2)
    try:
        root.mkdir(parents=True, exist_ok=True)
        partial = root / _PARTIAL
        partial.write_text(text + "\n", encoding="utf-8", newline="\n")
        partial.replace(root / PLAN)
    except OSError as error:
        raise InputError(
            "the sweep's folder cannot be written",
            file=root,
            found=error.strerror,
            remedy="choose another: output=DIR",
        ) from error


def read_plan(root: Path) -> Plan:
    """The plan in ``root``.

    Raises
    ------
    InputError
        There is none, or it is incomplete.
    """
    path = root / PLAN
    try:
        record = json.loads(path.read_text("utf-8"))
        jobs = tuple(Job(int(j["number"]), tuple(map(str, j["overrides"]))) for j in record["jobs"])
        return Plan(jobs, str(record["command"]), str(record["started"]))
    except OSError as error:
        raise InputError(
            "this is not the folder of a sweep",
            file=path,
            found=error.strerror,
            remedy="name the folder that harness -m … wrote",
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            "the plan of the sweep is incomplete",
            file=path,
            found=f"{type(error).__name__}: {error}",
            remedy="run the sweep again: what was computed is not computed again",
        ) from error
