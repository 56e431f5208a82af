"""Jobs that an earlier sweep finished: skipped if nothing that they depend on has changed.

A job that ends leaves a *seal* in its status: a digest of its config, the sha256 of every file that
its test set was read from, and of every file that it wrote. Later, the same job is skipped if all
of these, and the version of harness, are unchanged; in case of doubt it is done again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from harness import __version__
from harness.sweep.status import STATUS, read_status

__all__ = ["is_kept", "seal_of"]

#: Values of a config that change no number of a run.
ELSEWHERE = ("output", "workers", "cache", "mirror", "dry_run", "store", "hydra")


def seal_of(folder: Path, config: DictConfig) -> dict[str, Any]:
    """The seal of the run that ``config`` left in ``folder``."""
    record = json.loads((folder / "run.json").read_text("utf-8"))
    return {
        "config": _digest_of(config),
        "data": [[file["name"], file["sha256"]] for file in record["data"]],
        "files": _files(folder),
    }


def is_kept(folder: Path, overrides: tuple[str, ...], config: DictConfig) -> bool:
    """Whether the job was already done by this version of harness, with the same config and data,
    and every file is unchanged. This reads the test set.

    Raises
    ------
    InputError
        The config or the test set is refused, as a run would refuse it.
    """
    seal = _seal_in(folder, overrides)
    if seal is None or seal.get("config") != _digest_of(config):
        return False
    if seal.get("files") != _files(folder):
        return False
    from harness.runs.setup import set_up
    from harness.runs.stages import read

    files = read(set_up(config)).test_set.files
    return bool(seal.get("data") == [[file.name, file.sha256] for file in files])


def _seal_in(folder: Path, overrides: tuple[str, ...]) -> Mapping[str, Any] | None:
    """The seal of a job that is done; None if it is not done, or was done by another version."""
    if read_status(folder, overrides).state != "done":
        return None
    record = json.loads((folder / STATUS).read_text("utf-8"))
    if record["versions"].get("harness") != __version__:
        return None
    seal = record.get("seal")
    return seal if isinstance(seal, dict) else None


def _digest_of(config: DictConfig) -> str:
    plain: Any = OmegaConf.to_container(config, resolve=False)
    shaping = {key: value for key, value in plain.items() if key not in ELSEWHERE}
    text = json.dumps(shaping, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _files(folder: Path) -> dict[str, str]:
    """The sha256 of every file of a run except its status."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != STATUS:
            with path.open("rb") as stream:
                found[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found
