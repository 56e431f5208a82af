"""The keys of kept scores: the sha256 of everything that determines them, and of nothing else.

That is the metric (class, code, parameters, files, signature with the versions of the packages
behind it) and exactly those texts that it declares to read (:class:`harness.metrics.Needs`). So
nothing has to be invalidated: anything that changes a score changes its key.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.metrics import Batch, Metric, Needs
from harness.metrics.model_files import file_digest, files_digest

__all__ = ["family_key", "list_key", "score_key", "segment_digests", "texts_digest"]

#: Raised whenever files of an older form can no longer be read as they were meant.
FORMAT = 2


def texts_digest(texts: Sequence[str]) -> str:
    """The sha256 of a list of texts: of their number, their lengths and their code points."""
    digest = hashlib.sha256(str(len(texts)).encode())
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()


def score_key(metric: Metric, batch: Batch) -> str:
    """The key of the scores that ``metric`` gives ``batch``."""
    return list_key(family_key(metric, len(batch.references)), batch, {})


def list_key(family: str, batch: Batch, known: Mapping[int, str]) -> str:
    """The key of the scores of ``batch`` by a metric of this :func:`family_key`.

    Parameters
    ----------
    known
        Digests of lists of texts that are known already, by ``id`` of the list.
    """

    def digest(texts: Sequence[str]) -> str:
        return known.get(id(texts)) or texts_digest(texts)

    parts = {
        "family": family,
        "hypotheses": digest(batch.hypotheses),
        "references": [digest(texts) for texts in batch.references],
        "sources": digest(batch.sources),
        "beyond": texts_digest(_beyond(batch)),
    }
    return _hashed(parts)


def family_key(metric: Metric, n_references: int) -> str:
    """The key of everything that determines the scores of ``metric``, except the texts."""
    return _hashed(_identity(metric, n_references))


def segment_digests(batch: Batch) -> list[bytes]:
    """The sha256 of what a batch holds of each segment."""
    columns = [batch.hypotheses, *batch.references]
    columns += [batch.sources] if len(batch.sources) else []
    beyond = _beyond(batch)
    columns += [beyond] if beyond else []
    shape = f"{len(batch.references)} {bool(len(batch.sources))} {bool(beyond)}"
    return [bytes.fromhex(texts_digest((shape, *texts))) for texts in zip(*columns, strict=True)]


def _beyond(batch: Batch) -> list[str]:
    """What a batch holds of each segment beside its texts and references; [] where that is
    nothing."""
    columns = [column for column in batch.extras.values() if len(column)]
    if batch.languages is not None:
        columns.append([batch.languages] * len(batch))
    return [json.dumps(row) for row in zip(*columns, strict=True)]


def _identity(metric: Metric, n_references: int) -> dict[str, Any]:
    levels = ("segment", "corpus")
    usual, needs = Needs(), metric.needs
    return {
        "format": FORMAT,
        "class": f"{type(metric).__module__}.{type(metric).__qualname__}",
        "code": _code_digest(type(metric)),
        "parameters": {name: _parameter(v, metric) for name, v in metric.parameters().items()},
        "needs": {
            f.name: repr(getattr(needs, f.name))
            for f in fields(needs)
            if getattr(needs, f.name) != getattr(usual, f.name)
        },
        "files": files_digest(metric.files) if metric.files else "",
        "signatures": [metric.full_signature(n_references, level) for level in levels],  # type: ignore[arg-type]
    }


def _hashed(parts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _parameter(value: Any, metric: Metric) -> str:
    """A parameter; if it names a file, also the content of the file. What the metric lists among
    its files is covered there, wherever it is."""
    if isinstance(value, str | Path) and any(Path(f) == Path(value) for f in metric.files):
        return "one of its files"
    text = repr(value)
    if isinstance(value, str | Path) and 0 < len(str(value)) < 1000:
        with suppress(OSError, ValueError, InputError):
            if Path(value).is_file():
                text += f" sha256:{file_digest(value)}"
    return text


def _code_digest(kind: type) -> str:
    """The sha256 of the files that define a class and its base classes: a metric that was edited is
    another metric. For a plug-in, every imported module of its package counts."""
    modules = {base.__module__ for base in kind.__mro__ if base not in Metric.__mro__}
    packages = {name.split(".")[0] for name in modules} - {"harness", "builtins"}
    modules |= {name for name in sys.modules if name.split(".")[0] in packages}
    modules |= {name for base in kind.__mro__ for name in getattr(base, "made_of", ())}
    digest = hashlib.sha256()
    for name in sorted(modules):
        file = _file_of(name)
        if file is not None and Path(file).is_file():
            digest.update(_file_digest(file, Path(file).stat().st_mtime_ns))
    return digest.hexdigest()


def _file_of(module: str) -> str | None:
    """The file of a module, imported or not."""
    if module in sys.modules:
        return getattr(sys.modules[module], "__file__", None)
    spec = find_spec(module)
    return None if spec is None else spec.origin


@cache
def _file_digest(file: str, changed: int) -> bytes:
    return hashlib.sha256(Path(file).read_bytes()).digest()
