"""The jobs of a sweep that run on a Slurm cluster, as submitit submitted them.

The launcher stops at the first job that was killed, even if others are still running; this module
waits for them. Job ids are read from the folders ``.submitit/<id>`` in the sweep's folder.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from harness.errors import InputError

__all__ = ["SubmittedJobs", "check_launcher", "is_remote"]

_FOLDER = ".submitit"
_ID = re.compile(r"\d+(_\d+)?")
_LAUNCHER = re.compile(r"hydra/launcher=(slurm|submitit)\w*")


def check_launcher(overrides: list[str]) -> None:
    """Refuse a Slurm launcher whose package is not installed.

    Raises
    ------
    InputError
        It is not.
    """
    chosen = [o for o in overrides if _LAUNCHER.fullmatch(o)]
    if chosen and find_spec("hydra_plugins.hydra_submitit_launcher") is None:
        raise InputError(
            f"{chosen[-1]} needs a package that is not installed",
            found="no hydra-submitit-launcher",
            remedy="pip install 'harness[slurm]'",
        )


def is_remote(target: str) -> bool:
    """Whether a launcher (its ``_target_``) runs jobs in other processes than the driver's."""
    return not target.endswith(".BasicLauncher")


class SubmittedJobs:
    """The jobs submitted for the sweep in ``root`` since this object was made."""

    def __init__(self, root: Path) -> None:
        self.folder = root.absolute() / _FOLDER
        self.earlier = set(self._folders())

    def _folders(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        # An array of jobs has a folder too, but no work of its own.
        folders = {path.parent.name for path in self.folder.glob("*/*_submitted.pkl")}
        return sorted(name for name in folders if _ID.fullmatch(name))

    @property
    def ids(self) -> list[str]:
        """The ids that Slurm gave them; empty where none was accepted."""
        return [name for name in self._folders() if name not in self.earlier]

    def wait(self) -> None:
        """Wait until Slurm's accounting says that each of them has ended, in any way."""
        from submitit import SlurmJob

        for name in self.ids:
            job: SlurmJob[object] = SlurmJob(folder=self.folder / "%j", job_id=name)
            job.wait()

    def outlast(self, error: Exception) -> None:
        """Wait for the jobs after the launcher gave up with ``error``.

        Raises
        ------
        InputError
            None was accepted.
        """
        if not self.ids:
            raise InputError(
                "the jobs of the sweep could not be submitted",
                found=" ".join(str(error).split()) or type(error).__name__,
                remedy="check the launcher's fields, for example hydra.launcher.partition=NAME; "
                "harness hydra/launcher=… --cfg hydra -p hydra.launcher shows them",
            ) from error
        self.wait()
