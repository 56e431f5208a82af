"""The plan of a sweep: its jobs, written to disk before the first one begins."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser

from harness import __version__
from harness.errors import InputError
from harness.support.folders import Kind, check_folder
from harness.sweep.status import partial_of, write_record

__all__ = ["Job", "Plan", "check_root", "of_hydra", "planned_jobs", "read_plan", "write_plan"]

PLAN = "sweep.json"
REMEDY = "choose another: output=DIR"
#: Config values that all jobs of a sweep share, and how they are given.
OF_SWEEP = {"dry_run": "dry_run=true shows what every job would do", "output": "output=DIR"}


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


def of_hydra(overrides: Sequence[str]) -> list[str]:
    """Those of ``overrides`` that set values of Hydra's own section."""
    return [o for o in overrides if o.lstrip("+~").startswith(("hydra.", "hydra/"))]


def planned_jobs(overrides: Sequence[str]) -> tuple[Job, ...]:
    """The jobs of Hydra's basic sweeper: every combination of the values that ``overrides`` give;
    those of Hydra's own section belong to the sweep, not to its jobs.

    Raises
    ------
    InputError
        What holds for the whole sweep is given several values.
    hydra.errors.HydraException
        An override cannot be read.
    """
    lists = []
    own = of_hydra(overrides)
    for override in OverridesParser.create().parse_overrides(
        [o for o in overrides if o not in own]
    ):
        key = override.get_key_element()
        if not override.is_discrete_sweep():
            lists.append([f"{key}={override.get_value_element_as_str()}"])
            continue
        if key.lstrip("+") in OF_SWEEP:
            raise InputError(
                f"{key} holds for a whole sweep and is given several values",
                found=str(override.input_line),
                remedy=f"give one: {OF_SWEEP[key.lstrip('+')]}",
            )
        lists.append([f"{key}={value}" for value in override.sweep_string_iterator()])
    return tuple(Job(i, tuple(own)) for i, own in enumerate(itertools.product(*lists)))


def check_root(root: Path) -> None:
    """Refuse a folder that holds something other than an earlier sweep, or cannot be written.

    Raises
    ------
    InputError
        It does, or is a file.
    """
    check_folder(root, Kind("the sweep's folder", "a sweep", REMEDY, _foreign))


def _foreign(root: Path) -> list[str]:
    """What is in a folder that no sweep made; nothing where an earlier sweep was begun."""
    content = sorted(path.name for path in root.iterdir())
    own = {PLAN, partial_of(root / PLAN).name} & set(content) or all(
        name.isdigit() for name in content
    )
    return [] if own else content


def write_plan(root: Path, plan: Plan) -> None:
    """Write ``sweep.json`` into ``root``, which is made.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        write_record(root / PLAN, {"harness": __version__, **asdict(plan)}, indent=2)
    except OSError as error:
        raise InputError(
            "the sweep's folder cannot be written", file=root, found=error.strerror, remedy=REMEDY
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
