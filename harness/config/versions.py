"""What differs between Hydra 1.3 and 1.4."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import hydra
from omegaconf import OmegaConf

__all__ = ["hydra_defaults", "register_resolver", "version_base"]


#: Whether hydra.main is told what may be executed, as from 1.4 on.
_NEW = "execution_whitelist" in inspect.signature(hydra.main).parameters


def hydra_defaults() -> dict[str, Any]:
    """Arguments of ``hydra.main``: the behaviour of 1.3, or, from 1.4 on, what may be executed."""
    return {"execution_whitelist": ["harness", "hydra"]} if _NEW else version_base()


def version_base() -> dict[str, Any]:
    """The argument that fixes the behaviour of Hydra 1.3; later versions need none."""
    return {} if _NEW else {"version_base": "1.3"}


def register_resolver(name: str, resolver: Callable[..., Any]) -> None:
    """Make ``${name:...}`` known to configs, in place of an earlier one."""
    register: Any = OmegaConf.register_new_resolver
    newer: Any = getattr(OmegaConf, "register_resolver", None)  # in 2.3 an older function
    if newer is not None and "replace" in inspect.signature(newer).parameters:
        register = newer
    register(name, resolver, replace=True)
