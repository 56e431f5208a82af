"""The inner loops that numpy cannot carry, as an optional C extension.

``native`` is the compiled module, or None where it was not built or where the environment variable
HARNESS_NATIVE is ``0``; every caller then takes its equal Python code. ``compiled()`` says which.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType

__all__ = ["compiled", "native"]


def _load() -> ModuleType | None:
    if os.environ.get("HARNESS_NATIVE", "1") == "0":
        return None
    try:
        return importlib.import_module("harness._kernels._native")
    except ImportError:
        return None


native: ModuleType | None = _load()


def compiled() -> bool:
    """Whether the C extension is in use."""
    return native is not None
