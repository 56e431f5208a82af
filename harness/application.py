"""The Hydra application: overrides -> config -> a run, or a sweep of runs."""

from __future__ import annotations

import difflib
import os
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from harness.config_groups import config_dir_of
from harness.errors import InputError
from harness.hydra_versions import hydra_defaults, register_resolver, version_base
from harness.overrides import prepare
from harness.resources import resource_folder
from harness.reuse import run_or_reuse
from harness.run_folder import default_output

__all__ = ["run_application"]

DONE, BAD_INPUT, FAILED_JOBS = 0, 2, 3


class Session:
    """One call of the program: when it began, how it was called, which jobs of a sweep failed."""

    def __init__(self, arguments: list[str]) -> None:
        self.started = datetime.now().astimezone()
        self.command = ["harness", *arguments]
        self.failed: list[tuple[str, str]] = []
        self.refused: Exception | None = None
        self.jobs = 0

    def sweep_root(self, output: Any) -> str:
        """The folder of a sweep: ``output``, or the default."""
        return str(output or default_output(self.started, sweep=True))

    def job(self, config: DictConfig) -> None:
        """One run; in a sweep an error of one job does not stop the others."""
        context = HydraConfig.get()
        sweep = context.mode == RunMode.MULTIRUN
        if not sweep:
            try:
                print(f"report: {self._run(config, self._output(config))}")  # noqa: T201
            except (InputError, OmegaConfBaseException) as error:
                self.refused = error  # raised after Hydra is done: it would print its own message
            return
        self.jobs += 1
        name = " ".join(context.overrides.task)
        output = Path(context.sweep.dir) / str(context.job.num)
        try:
            print(f"job {context.job.num}: {name}: {self._run(config, output)}")  # noqa: T201
        except (InputError, OmegaConfBaseException) as error:
            self.failed.append((f"{context.job.num}: {name}", str(_as_input_error(error))))
            print(f"job {context.job.num}: {name}: failed", file=sys.stderr)  # noqa: T201

    def _output(self, config: DictConfig) -> Path:
        return Path(str(config.output)) if config.output else default_output(self.started)

    def _run(self, config: DictConfig, output: Path) -> Path:
        missing = sorted(OmegaConf.missing_keys(config))
        if missing:
            raise InputError(
                f"the config value {missing[0]} is needed and not given",
                remedy=f"give it: {missing[0]}=VALUE",
            )
        return run_or_reuse(config, output, command=self.command, started=self.started)


def run_application(given: list[str]) -> int:
    """Run what the overrides ``given`` ask for; the exit code."""
    session = Session(given)
    saved, environment = sys.argv, os.environ.get("HYDRA_FULL_ERROR")
    os.environ["HYDRA_FULL_ERROR"] = "1"  # errors come here instead of being printed by Hydra
    register_resolver("harness_sweep", session.sweep_root)
    conf = resource_folder("conf")
    try:
        sys.argv = ["harness", *prepare(given, conf)]
        hydra.main(config_path=str(conf), config_name="config", **hydra_defaults())(session.job)()
        if session.refused is not None:
            raise session.refused
    except (InputError, HydraException, OmegaConfBaseException, YAMLError, UnicodeError) as error:
        return _refuse(_as_input_error(error, conf, config_dir_of(given)))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    finally:
        sys.argv = saved
        if environment is None:
            os.environ.pop("HYDRA_FULL_ERROR", None)
        GlobalHydra.instance().clear()
    if session.failed:
        for name, message in session.failed:
            print(f"\njob {name} failed:\n{message}", file=sys.stderr)  # noqa: T201
        print(  # noqa: T201
            f"\n{len(session.failed)} of {session.jobs} jobs failed", file=sys.stderr
        )
        return FAILED_JOBS
    return DONE


def _refuse(error: InputError) -> int:
    print(f"harness: {error.render()}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT


def _as_input_error(
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
