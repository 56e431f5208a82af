"""Whether every job of a sweep has the config values that it sets, before the first one begins."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.config.compose import CONFIG_ERRORS, as_input_error, unknown_key
from harness.config.names import as_typed
from harness.errors import InputError
from harness.sweep.plan import Job

__all__ = ["check_jobs"]


def check_jobs(
    jobs: Sequence[Job], compose: Callable[[Job], object], groups: Mapping[str, Any]
) -> None:
    """Compose the config of every job, once for all that choose the same options of ``groups`` and
    set the same keys.

    Raises
    ------
    InputError
        A config cannot be composed; the message names the first such job, and where it lacks a
        value that another job has, how both can be run.
    """
    composed: dict[tuple[str, ...], Job] = {}
    for job in jobs:
        kind = tuple(o if _key(o) in groups else _key(o) for o in job.overrides)
        if kind in composed:
            continue
        try:
            compose(job)
        except CONFIG_ERRORS as error:
            key = unknown_key(error)
            others = [own for own in jobs if key and _has(own, key, compose)]
            if key is None or not others:
                raise as_input_error(error, job.overrides) from error
            raise _lacking(job, key, others[0]) from error
        composed[kind] = job


def _key(override: str) -> str:
    return override.lstrip("+~").partition("=")[0]


def _has(job: Job, key: str, compose: Callable[[Job], object]) -> bool:
    try:
        compose(job)
    except CONFIG_ERRORS as error:
        return unknown_key(error) != key
    return True


def _lacking(job: Job, key: str, other: Job) -> InputError:
    """The error for a job without the config value ``key``, which the job ``other`` has."""
    differing = [o for o in job.overrides if o not in other.overrides]
    value = next((o for o in job.overrides if _key(o) == key), f"{key}=VALUE")
    kept = [o for o in other.overrides if o not in job.overrides]
    shared = [o for o in job.overrides if o in other.overrides and _key(o) not in (key, "output")]
    apart = [
        shlex.join(["harness", *map(as_typed, (*shared, *own))])
        for own in ([*kept, value], differing)
    ]
    group, _, names = (differing or [""])[0].partition("=")
    own = re.match(rf"{re.escape(group)}\.(\w+)\.", key)
    together = ""
    if own and group:
        both = [own[1], *names.strip("[]").split(",")]
        together = f"; or keep {own[1]} in every job: '{group}=[{own[1]}],[{','.join(both)}]'"
    return InputError(
        f"job {job.number} of the sweep has no config value {key!r}, which job {other.number} has",
        found=" ".join(differing) or job.name,
        expected="values that every job has",
        remedy=f"run them apart: {' and '.join(apart)}{together}",
    )
