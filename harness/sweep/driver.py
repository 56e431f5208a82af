"""The jobs of a sweep, done by a launcher of Hydra: here one after another, or on a cluster.

A job that fails stops no other, and its folder says why.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from harness.config.compose import accepted, through_hydra
from harness.config.overrides import quoted
from harness.sweep.job import do_job
from harness.sweep.plan import Job, Plan, write_plan
from harness.sweep.progress import SweepProgress
from harness.sweep.slurm import SubmittedJobs, is_remote

__all__ = ["Task", "launch"]


@dataclass
class Task:
    """What Hydra calls with the config of each job, maybe in another process or on another machine,
    to which ``progress`` does not go along."""

    command: Sequence[str]
    started: datetime
    progress: SweepProgress | None = None

    def __call__(self, config: DictConfig) -> None:
        context = HydraConfig.get()
        accepted(config)
        folder = Path(context.sweep.dir) / str(context.job.num)
        do_job(config, folder, tuple(context.overrides.task), self.command, self.started)
        if self.progress is not None:
            self.progress.update()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "progress": None}


def launch(
    jobs: Sequence[Job],
    root: Path,
    launcher: str,
    flags: Sequence[str],
    overrides: Sequence[str],
    task: Task,
) -> str:
    """Do ``jobs``, which ``overrides`` make, in ``root``: the plan is written first.

    Parameters
    ----------
    launcher
        The class of Hydra's launcher.
    flags
        Hydra's own options.

    Returns
    -------
    What the launcher said if it broke off: it does so for a job that was killed, when others may
    have ended well; '' otherwise.

    Raises
    ------
    InputError
        The folder cannot be written, or no job could be submitted.
    """
    plan = Plan(tuple(jobs), shlex.join(task.command), task.started.isoformat(timespec="seconds"))
    write_plan(root, plan)
    progress = SweepProgress(plan, root)
    submitted = SubmittedJobs(root) if is_remote(launcher) else None
    if submitted is None:
        task.progress = progress
    with nullcontext() if submitted is None else progress.watching():
        try:
            place = f"hydra.sweep.dir={quoted(str(root))}"
            through_hydra(task, ["--multirun", *flags], [*overrides, place])
        except Exception as error:
            if submitted is not None:
                submitted.outlast(error)
            return " ".join(str(error).strip().split("\n")[:2])
    return ""
