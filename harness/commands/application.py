"""The Hydra application: overrides -> config -> a run, or a sweep of runs."""

from __future__ import annotations

import difflib
import json
import os
import re
import shlex
import sys
import tempfile
import time
import traceback
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.experimental.callback import Callback
from hydra.types import RunMode
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from harness.config.groups import config_dir_of
from harness.config.overrides import prepare
from harness.config.versions import hydra_defaults, register_resolver, version_base
from harness.errors import InputError
from harness.runs.folder import default_output
from harness.support.checks import check_flag
from harness.support.resources import resource_folder
from harness.sweep.plan import Plan, check_root, planned_jobs, write_plan
from harness.sweep.progress import SweepProgress
from harness.sweep.slurm import SubmittedJobs, check_launcher, is_remote
from harness.sweep.status import write_failure, write_success

__all__ = ["as_input_error", "run_application"]

DONE, BAD_INPUT = 0, 2
#: The environment variable that tells jobs in other processes the folder of their sweep.
ROOT = "HARNESS_SWEEP_ROOT"


class Session:
    """One call of the program: when it began and how it was called; why it was refused.

    In a sweep a job may run in another process or on another machine: what it says, it leaves in
    its folder, and it is given only the attributes of ``PICKLED``.
    """

    PICKLED = ("started", "command", "refused", "place")

    def __init__(self, arguments: list[str]) -> None:
        self.started = datetime.now().astimezone()
        self.command = ["harness", *arguments]
        self.refused: Exception | None = None
        self.place: Path | None = None
        self.root: Path | None = None
        self.scratch: tempfile.TemporaryDirectory[str] | None = None
        self.progress: SweepProgress | None = None
        self.submitted: SubmittedJobs | None = None
        self.until_end = ExitStack()

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.PICKLED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__([])  # type: ignore[misc]
        self.__dict__.update(state)
        # A scheduler may have been told not to hand the driver's environment on.
        os.environ.setdefault(ROOT, str(self.place))

    def sweep_root(self, output: Any, dry: Any) -> str:
        """The folder of a sweep: ``output``, or the default; one to throw away if it is ``dry``,
        because Hydra leaves its own record there."""
        if self.place is None:
            try:
                self.place = self._sweep_root(output, dry)
            except InputError as error:
                self.refused = error  # OmegaConf would wrap it
                raise
            os.environ[ROOT] = str(self.place)  # for jobs that run in another process
        return str(self.place)

    def _sweep_root(self, output: Any, dry: Any) -> Path:
        if dry:
            self.scratch = tempfile.TemporaryDirectory(prefix="harness-dry-run-")
            return Path(self.scratch.name)
        root = Path(str(output)) if output else default_output(self.started, sweep=True)
        check_root(root)
        return root

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
        """One run; in a sweep an error of one job does not stop the others."""
        context = HydraConfig.get()
        if self.refused is not None:
            return
        if config.dry_run is not False:
            self._tell_plan(config, " ".join(context.overrides.task))
            return
        if context.mode != RunMode.MULTIRUN:
            try:
                output = self._output(config)
                place = self._run(config, output)
                print(f"{_summary(output)}report: {place}")  # noqa: T201
            except (InputError, OmegaConfBaseException) as error:
                self.refused = error  # raised after Hydra is done: it would print its own message
            return
        overrides = tuple(context.overrides.task)
        output = Path(context.sweep.dir) / str(context.job.num)
        began = time.perf_counter()

        def spent() -> float:
            return round(time.perf_counter() - began, 3)

        try:
            self._run(config, output)
            write_success(output, overrides, spent())
        except (InputError, OmegaConfBaseException) as error:
            why = as_input_error(error).render()
            write_failure(output, overrides, spent(), why, "bad input")
        except Exception:
            write_failure(output, overrides, spent(), traceback.format_exc(), "defect")
        if self.progress is not None:
            self.progress.update()

    def _tell_plan(self, config: DictConfig, name: str) -> None:
        """Say what a run would compute, and how long that takes."""
        from harness.runs.pipeline import plan

        try:
            check_flag("dry_run", config.dry_run)
            rows = plan(config)
        except (InputError, OmegaConfBaseException) as error:
            self.refused = error
            return
        pieces, kept = int(rows["pieces"].sum()), int(rows["kept"].sum())
        unknown = rows.loc[rows["seconds"].isna(), "metric"].tolist()
        parts = [
            f"{pieces - kept} of {pieces} shards to compute ({int(rows['segments'].sum())} scores)",
            f"about {rows['seconds'].sum():.1f} CPU seconds",
        ]
        if unknown:
            parts.append(f"and those of {', '.join(unknown)}, which the store never timed")
        print(f"{name or 'run'}: {', '.join(parts)}")  # noqa: T201

    def _output(self, config: DictConfig) -> Path:
        return Path(str(config.output)) if config.output else default_output(self.started)

    def _run(self, config: DictConfig, output: Path) -> Path:
        from harness.runs.pipeline import run

        return run(config, output, command=self.command, started=self.started)


def _summary(output: Path) -> str:
    """What the run in ``output`` says in short, to be printed before the place of its report."""
    summary = json.loads((output / "run.json").read_text("utf-8")).get("summary")
    return f"{summary}\n" if summary else ""


#: The call that this process serves; Hydra makes the callback itself and cannot be given it.
_session: Session | None = None


def _sweep_root(output: Any, dry: Any) -> str:
    """What ``${harness_sweep:…}`` stands for: in the driver as the session says, in a job that
    runs elsewhere as the driver said."""
    return os.environ[ROOT] if _session is None else _session.sweep_root(output, dry)


register_resolver("harness_sweep", _sweep_root)


class WritePlan(Callback):
    """Hydra's callback at the start of a sweep."""

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        if _session is not None:
            _session.plan(config)


def run_application(given: list[str]) -> int:
    """Run what the overrides ``given`` ask for; the exit code."""
    global _session
    session = _session = Session(given)
    saved, environment = sys.argv, os.environ.get("HYDRA_FULL_ERROR")
    os.environ["HYDRA_FULL_ERROR"] = "1"  # errors come here instead of being printed by Hydra
    conf = resource_folder("conf")
    lost: Exception | None = None
    try:
        _check_flags(given)
        overrides = prepare(given, conf)
        check_launcher(overrides)
        if any(o.startswith("dry_run=") for o in overrides):
            overrides.append("hydra/launcher=basic")  # what a job elsewhere says is not seen here
        sys.argv = ["harness", *overrides]
        hydra.main(config_path=str(conf), config_name="config", **hydra_defaults())(session.job)()
        if session.refused is not None:
            raise session.refused
    except (InputError, HydraException, OmegaConfBaseException, YAMLError, UnicodeError) as error:
        return _refuse(as_input_error(session.refused or error, conf, config_dir_of(given)))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if session.root is None:
            raise
        lost = error  # a launcher tells of a job that was killed; what the others left stands
        if session.submitted is not None:
            if not session.submitted.ids:
                return _refuse(_not_submitted(error))
            session.submitted.wait()
    finally:
        session.until_end.close()
        sys.argv = saved
        if environment is None:
            os.environ.pop("HYDRA_FULL_ERROR", None)
        GlobalHydra.instance().clear()
        _session = None
        if session.scratch is not None:
            session.scratch.cleanup()
    if session.root is None:
        return DONE
    from harness.sweep.command import tell
    from harness.sweep.page import write_sweep

    if lost is not None:
        why = str(lost).strip().split("\n")[:2]
        print(f"harness: the launcher says: {' '.join(why)}", file=sys.stderr)  # noqa: T201
    return tell(write_sweep(session.root), session.root)


def _check_flags(given: list[str]) -> None:
    if {"-m", "--multirun"} & set(given) and {"-c", "--cfg", "-i", "--info"} & set(given):
        raise InputError(
            "a sweep has no one config to show",
            found="-m and --cfg or --info",
            remedy="leave -m and all but one value of each key out",
        )


def _refuse(error: InputError) -> int:
    print(f"harness: {error.render()}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT


def _not_submitted(error: Exception) -> InputError:
    return InputError(
        "the jobs of the sweep could not be submitted",
        found=" ".join(str(error).split()) or type(error).__name__,
        remedy="check the launcher's fields, for example hydra.launcher.partition=NAME; "
        "harness hydra/launcher=… --cfg hydra -p hydra.launcher shows them",
    )


def as_input_error(
    error: Exception, conf: Path | None = None, own: Path | None = None
) -> InputError:
    """What Hydra or OmegaConf refuse, as one message in the program's own form."""
    if isinstance(error, InputError):
        return error
    text = str(error).strip()
    unknown = re.search(r"Could not override '([^']+)'", text) or re.search(
        r"Key '([^']+)' is not in struct", text
    )
    if unknown and conf is not None:
        return _unknown_key(unknown[1], conf)
    first, *more = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    return InputError(
        f"the config cannot be read: {first}",
        found="; ".join(more) or None,
        remedy="see harness --help for groups and examples, harness --cfg job for all values",
    )


def _unknown_key(key: str, conf: Path) -> InputError:
    """The error for a config value that does not exist; it names the nearest that does."""
    GlobalHydra.instance().clear()
    overrides = [a for a in sys.argv[1:] if re.match(r"^[\w/]+=[\w\[\],]+$", a)]
    known: list[str] = []
    for attempt in (overrides, []):
        try:
            with hydra.initialize_config_dir(str(conf), **version_base()):
                known = _keys(hydra.compose("config", overrides=attempt))
            break
        except (HydraException, OmegaConfBaseException):
            continue
    siblings = [k for k in known if _parent(k) == _parent(key) and "._" not in k]
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return InputError(
        f"there is no config value {key!r}",
        expected=f"one of: {', '.join(siblings)}" if siblings else None,
        remedy=(f"did you mean {near[0]!r}? " if near else "")
        + "harness --cfg job shows all; a new value needs a + before it",
    )


def _parent(key: str) -> str:
    return key.rpartition(".")[0]


def _keys(config: Any, prefix: str = "") -> list[str]:
    keys = []
    for key in config if isinstance(config, DictConfig) else []:
        name = f"{prefix}{key}"
        keys.append(name)
        child = config._get_node(key)
        if isinstance(child, DictConfig) and not child._is_none():
            keys.extend(_keys(child, f"{name}."))
    return keys
