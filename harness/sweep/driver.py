"""Overrides through Hydra: the config of one run, or a sweep, driven from its plan to its page.

A sweep needs Hydra for its launchers. What must be known before the first job (the folder, the
plan) is made by the resolver ``harness_sweep`` and the callback :class:`WritePlan`, which
conf/config.yaml names; a job that fails stops no other, and its folder says why.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.experimental.callback import Callback
from hydra.types import RunMode
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from harness.config.compose import refusals
from harness.config.versions import hydra_defaults, register_resolver
from harness.errors import InputError
from harness.runs.dry_run import planned
from harness.runs.folder import default_output
from harness.support.resources import resource_folder
from harness.sweep.job import do_job
from harness.sweep.plan import Plan, check_root, planned_jobs, write_plan
from harness.sweep.progress import SweepProgress
from harness.sweep.slurm import SubmittedJobs, is_remote

__all__ = ["Driver"]

#: The environment variable that tells jobs in other processes the folder of their sweep.
ROOT = "HARNESS_SWEEP_ROOT"


class Driver:
    """One call of the program, handed to Hydra: what it was told, and how a sweep goes on.

    In a sweep a job may run in another process or on another machine: what it says, it leaves in
    its folder, and it is given only the attributes of ``PICKLED``.
    """

    PICKLED = ("started", "command", "refused", "place")

    def __init__(self, command: Sequence[str], started: datetime) -> None:
        self.started, self.command = started, list(command)
        #: Of a single run: its config.
        self.config: DictConfig | None = None
        #: Of a sweep whose jobs were begun: its folder.
        self.root: Path | None = None
        #: What to say if the launcher failed after that.
        self.lost: str | None = None
        self.refused: Exception | None = None
        self.place: Path | None = None
        self.progress: SweepProgress | None = None
        self.submitted: SubmittedJobs | None = None
        self.until_end = ExitStack()

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.PICKLED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__([], state["started"])  # type: ignore[misc]
        self.__dict__.update(state)
        # A scheduler may have been told not to hand the driver's environment on.
        os.environ.setdefault(ROOT, str(self.place))

    def apply(self, flags: Sequence[str], overrides: Sequence[str]) -> None:
        """Let Hydra act on its ``flags`` and on ``overrides``: afterwards there is a ``config``
        (one run), a ``root`` (a sweep whose jobs ended), or neither (it only showed something).

        Raises
        ------
        InputError
            Hydra or the launcher refuses.
        """
        global _driver
        _driver = self
        try:
            with (
                self.until_end,
                refusals(overrides),
                # Errors come here instead of being printed by Hydra.
                mock.patch.dict(os.environ, {"HYDRA_FULL_ERROR": "1"}),
                mock.patch.object(sys, "argv", ["harness", *overrides, *flags]),
            ):
                self._through_hydra()
        finally:
            GlobalHydra.instance().clear()
            _driver = None

    def _through_hydra(self) -> None:
        conf = str(resource_folder("conf"))
        try:
            hydra.main(config_path=conf, config_name="config", **hydra_defaults())(self.job)()
        except Exception as error:
            if self.refused is None and self.root is None:
                raise
            # A launcher tells of a job that was killed; what the others left stands.
            self.lost = " ".join(str(error).strip().split("\n")[:2])
            if self.refused is None and self.submitted is not None:
                self.submitted.outlast(error)
        if self.refused is not None:
            raise self.refused

    def sweep_root(self, output: Any, dry: Any) -> str:
        """The folder of a sweep: ``output``, or the default; one to throw away if it is ``dry``,
        because Hydra leaves its own record there."""
        if self.place is None and dry:
            scratch = tempfile.TemporaryDirectory(prefix="harness-dry-run-")
            self.place = Path(self.until_end.enter_context(scratch))
        elif self.place is None:
            root = Path(str(output)) if output else default_output(self.started, sweep=True)
            try:
                check_root(root)
            except InputError as error:
                self.refused = error  # OmegaConf would wrap it
                raise
            self.place = root
        os.environ[ROOT] = str(self.place)  # for jobs that run in another process
        return str(self.place)

    def plan(self, config: DictConfig) -> None:
        """Write down the jobs of a sweep before the first begins."""
        if config.dry_run is not False:
            return
        try:
            root = Path(config.hydra.sweep.dir)
            jobs = planned_jobs(list(config.hydra.overrides.task))
            started = self.started.isoformat(timespec="seconds")
            plan = Plan(jobs, shlex.join(self.command), started)
            write_plan(root, plan)
        except (InputError, OmegaConfBaseException) as error:
            self.refused = self.refused or error  # Hydra turns what a callback raises to a warning
            return
        self.root = root
        self.progress = SweepProgress(plan, root)
        if is_remote(config.hydra.launcher._target_):
            self.submitted = SubmittedJobs(root)
            self.until_end.enter_context(self.progress.watching())

    def job(self, config: DictConfig) -> None:
        """What Hydra calls: keep the config of a single run, which begins when Hydra is done; do a
        job of a sweep, whose errors stop no other."""
        context = HydraConfig.get()
        overrides = tuple(context.overrides.task)
        if context.mode != RunMode.MULTIRUN:
            self.config = config
        elif self.refused is None and config.dry_run is False:
            folder = Path(context.sweep.dir) / str(context.job.num)
            do_job(config, folder, overrides, self.command, self.started)
            if self.progress is not None:
                self.progress.update()
        elif self.refused is None:
            try:
                print(planned(config, " ".join(overrides)))  # noqa: T201
            except (InputError, OmegaConfBaseException) as error:
                self.refused = error


#: The call that this process serves; Hydra makes the callback itself and cannot be given it.
_driver: Driver | None = None


def _sweep_root(output: Any, dry: Any) -> str:
    """What ``${harness_sweep:…}`` stands for: in the driver as the driver says, in a job that
    runs elsewhere as the driver said."""
    return os.environ[ROOT] if _driver is None else _driver.sweep_root(output, dry)


register_resolver("harness_sweep", _sweep_root)


class WritePlan(Callback):
    """Hydra's callback at the start of a sweep."""

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        if _driver is not None:
            _driver.plan(config)
