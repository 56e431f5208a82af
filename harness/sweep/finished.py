"""Jobs that an earlier sweep finished: skipped if nothing that they depend on has changed.

A job that ends leaves a *seal* in its status: a digest of its resolved config, the signatures of
its metrics, the versions of the packages that compute, and the sha256 of every file that its test
set was read from, that its config names, and that it wrote. Later, the same job is skipped if all
of these are unchanged; in case of doubt it is done again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from harness.sweep.status import STATUS, read_status

__all__ = ["is_kept", "seal_of"]

#: Values of a config that change no number of a run.
ELSEWHERE = ("output", "workers", "cache", "mirror", "dry_run", "store", "hydra")


def seal_of(folder: Path, config: DictConfig) -> dict[str, Any]:
    """The seal of the run that ``config`` left in ``folder``.

    Raises
    ------
    InputError
        The config or the test set is refused, as a run would refuse it.
    """
    return {**_inputs(config), "files": _files(folder)}


def is_kept(folder: Path, overrides: tuple[str, ...], config: DictConfig) -> bool:
    """Whether the job was already done, from the same inputs and by the same versions, and every
    file that it wrote is unchanged. This reads the test set.

    Raises
    ------
    InputError
        The config or the test set is refused, as a run would refuse it.
    """
    seal = _seal_in(folder, overrides)
    if seal is None or seal.get("files") != _files(folder):
        return False
    inputs = json.loads(json.dumps(_inputs(config)))  # as it is read back
    return all(seal.get(name) == value for name, value in inputs.items())


def _seal_in(folder: Path, overrides: tuple[str, ...]) -> Mapping[str, Any] | None:
    """The seal of a job that is done; None if it is not, or if its status cannot be read."""
    if read_status(folder, overrides).state != "done":
        return None
    record: Any = json.loads((folder / STATUS).read_text("utf-8"))
    seal = record.get("seal")
    return seal if isinstance(seal, dict) else None


def _inputs(config: DictConfig) -> dict[str, Any]:
    """Everything that the numbers of a run depend on."""
    from harness.runs.record import versions
    from harness.runs.setup import set_up
    from harness.runs.stages import read

    setup = set_up(config)
    material = read(setup)
    n_references = material.n_references
    plain: Any = OmegaConf.to_container(config, resolve=True)
    shaping = {key: value for key, value in plain.items() if key not in ELSEWHERE}
    text = json.dumps(shaping, sort_keys=True, ensure_ascii=False, default=str)
    return {
        "config": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        "data": [[file.name, file.sha256] for file in material.test_set.files],
        "named": {name: _sha256(Path(name)) for name in sorted(set(_named_files(shaping)))},
        "signatures": {k: m.full_signature(n_references) for k, m in material.scorers.items()},
        "versions": versions(),
    }


def _named_files(node: Any) -> Iterator[str]:
    """The texts below ``node`` that name a file."""
    if isinstance(node, Mapping):
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            yield from _named_files(value)
    elif isinstance(node, str) and "\0" not in node and len(node) < 4096 and Path(node).is_file():
        yield node


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _files(folder: Path) -> dict[str, str]:
    """The sha256 of every file of a run except its status."""
    return {
        path.relative_to(folder).as_posix(): _sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / STATUS
    }
