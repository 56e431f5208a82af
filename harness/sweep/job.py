"""One job of a sweep: done, or kept from an earlier sweep; its folder says what came of it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from harness.config.compose import as_input_error
from harness.errors import InputError
from harness.sweep.finished import is_kept, seal_of
from harness.sweep.status import write_failure, write_success

__all__ = ["do_job"]


def do_job(
    config: DictConfig,
    folder: Path,
    overrides: tuple[str, ...],
    command: Sequence[str],
    started: datetime,
) -> None:
    """Do the run of ``config`` in ``folder``, unless it was done and is as it was. An error does
    not leave this function: the folder says why the job failed."""
    from harness.runs import pipeline

    began = time.perf_counter()

    def spent() -> float:
        return round(time.perf_counter() - began, 3)

    try:
        kept = is_kept(folder, overrides, config)
        if not kept:
            pipeline.run(config, folder, command=command, started=started)
        write_success(folder, overrides, spent(), seal_of(folder, config), kept=kept)
    except (InputError, OmegaConfBaseException) as error:
        write_failure(folder, overrides, spent(), as_input_error(error).render(), "bad input")
    except Exception:
        write_failure(folder, overrides, spent(), traceback.format_exc(), "defect")
