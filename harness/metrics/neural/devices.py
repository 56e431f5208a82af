"""Where a model computes, and in which precision; memory that does not suffice there."""

from __future__ import annotations

from typing import Any

from harness.errors import InputError
from harness.metrics.neural.packages import package
from harness.support.memory import lacks_memory

__all__ = ["PRECISIONS", "budget_of", "device_of", "out_of_memory", "threads_of", "words_for"]

PRECISIONS = ("fp32", "bf16")
#: Tokens of a batch, unless the metric says otherwise; on the CPU for each processor.
BUDGETS = {"cpu": 1024, "cuda": 32_768}
_SAID = ("out of memory", "can't allocate memory", "cannot allocate memory", "alloc_failed")


def device_of(name: str) -> Any:
    """The device of this name: cpu, cuda, cuda:1, or auto (cuda where there is one).

    Raises
    ------
    InputError
        There is no such device.
    """
    torch = package("torch")
    there = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if name == "auto":
        return torch.device("cuda" if there else "cpu")
    kind, _, number = name.partition(":")
    known = ["cpu", *(f"cuda:{i}" for i in range(there))]
    if name == "cpu" or (kind == "cuda" and f"cuda:{number or 0}" in known):
        return torch.device(name)
    raise InputError(
        f"there is no device {name!r}",
        expected=f"one of: auto, {', '.join(known)}",
        remedy="set device=auto, or run where there is one",
    )


def words_for(device: Any) -> str:
    """The device in words: CPU, or the name of the accelerator."""
    if device.type == "cuda":
        return str(package("torch").cuda.get_device_name(device))
    return "CPU" if device.type == "cpu" else str(device)


def budget_of(device: Any, asked: int) -> int:
    """The tokens of a batch: as ``asked``, or (0) as suits the device."""
    if asked or device.type == "cuda":
        return asked or BUDGETS["cuda"]
    return BUDGETS["cpu"] * threads_of(device)


def threads_of(device: Any) -> int:
    """Parts of a batch that are computed at the same time: one a processor."""
    return int(package("torch").get_num_threads()) if device.type == "cpu" else 1


def out_of_memory(error: BaseException) -> bool:
    """Whether ``error`` says that the memory, of the device or of the machine, does not suffice."""
    if lacks_memory(error) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(s in str(error).lower() for s in _SAID)
