"""Weights from files, as tensors by name: read as data only, checked, never guessed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.metrics.neural.packages import package

__all__ = ["check_keys", "read_checkpoint", "read_folder", "weight_files"]

#: Names of the weights in a folder, in the order in which they are looked for.
NAMES = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
)
_SHOWN = 5


def weight_files(folder: Path) -> list[Path]:
    """The files with the weights of the model in ``folder``, an index first.

    Raises
    ------
    InputError
        It holds none, or lacks a part that its index names.
    """
    for name in NAMES:
        file = folder / name
        if not file.is_file():
            continue
        if not name.endswith(".json"):
            return [file]
        try:
            parts = sorted(set(json.loads(file.read_bytes())["weight_map"].values()))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                "this index of weights cannot be read", file=file, found=str(error)
            ) from error
        for part in parts:
            if Path(part).name != part or not (folder / part).is_file():
                raise InputError(
                    "a part of the weights is absent",
                    file=folder / Path(part).name,
                    remedy="download the model again, with all its parts",
                )
        return [file, *(folder / part for part in parts)]
    raise InputError(
        "the folder holds no weights", file=folder, expected=f"one of: {', '.join(NAMES)}"
    )


def read_folder(folder: Path) -> dict[str, Any]:
    """The weights in ``folder``.

    Raises
    ------
    InputError
        They are absent, damaged, or more than weights; or a number is not finite.
    """
    found: dict[str, Any] = {}
    for file in weight_files(folder):
        if file.suffix == ".safetensors":
            found |= _safetensors(file)
        elif file.suffix == ".bin":
            found |= _pickled(file)
    _check_finite(found, folder)
    return found


def read_checkpoint(file: Path) -> dict[str, Any]:
    """The weights in a checkpoint of COMET.

    Raises
    ------
    InputError
        As of :func:`read_folder`.
    """
    found = _pickled(file)
    state = found.get("state_dict", found)
    if not isinstance(state, Mapping) or not state:
        raise InputError("the checkpoint holds no weights", file=file, expected="a state_dict")
    _check_finite(state, file)
    return dict(state)


def _safetensors(file: Path) -> dict[str, Any]:
    load = package("safetensors.torch").load_file
    try:
        return dict(load(str(file)))
    except Exception as error:
        raise _unreadable(file, error) from error


def _pickled(file: Path) -> dict[str, Any]:
    """A file of torch, read so that it cannot run code: it may hold tensors and plain values."""
    torch = package("torch")
    try:
        found = torch.load(file, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception as error:
        said = str(error)
        if "weights_only" in said or "Unsupported" in said or "WeightsUnpickler" in said:
            raise InputError(
                "the file holds more than weights, and loading it could run code",
                file=file,
                found=_first_line(said),
                expected="tensors and plain values",
                remedy="take the model from its authors; save its state_dict alone",
            ) from None
        raise _unreadable(file, error) from error
    if not isinstance(found, Mapping):
        raise InputError("the file holds no weights", file=file, found=type(found).__name__)
    return dict(found)


def _unreadable(file: Path, error: Exception) -> InputError:
    return InputError(
        "the weights cannot be read",
        file=file,
        found=_first_line(str(error)) or type(error).__name__,
        remedy="the file is damaged or a pointer: download it again, whole",
    )


def _first_line(text: str) -> str:
    return " ".join(text.split())[:160]


def _check_finite(weights: Mapping[str, Any], file: Path) -> None:
    torch = package("torch")
    for name, tensor in weights.items():
        if not torch.is_tensor(tensor):
            raise InputError(
                f"the weight {name!r} is no tensor", file=file, found=type(tensor).__name__
            )
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise InputError(
                f"the weight {name!r} holds a value that is no number",
                file=file,
                remedy="the model is damaged: download it again, or train on",
            )


def check_keys(
    found: Iterable[str],
    wanted: Iterable[str],
    file: Path,
    surplus: Callable[[str], bool] = lambda name: False,
) -> None:
    """Refuse weights of which some are missing, or some unknown that are not known ``surplus``.

    Raises
    ------
    InputError
        They are.
    """
    have, need = set(found), set(wanted)
    missing = sorted(need - have)
    unknown = sorted(name for name in have - need if not surplus(name))
    if not missing and not unknown:
        return
    told = [f"{len(missing)} missing: {_list(missing)}"] if missing else []
    told += [f"{len(unknown)} unknown: {_list(unknown)}"] if unknown else []
    raise InputError(
        "the weights do not fit the model that the config describes",
        file=file,
        found="; ".join(told),
        expected=f"{len(need)} weights of these names, and no others",
        remedy="check that weights, config and encoder belong together",
    )


def _list(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
