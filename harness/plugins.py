"""Objects from configs: only those that the tool, or a registered plug-in, may build.

A config names the class of an object in ``_target_``. So that nobody's YAML can run arbitrary
code, a target must lie in ``harness`` or in a package that registers the entry point group
``harness.plugins``; everything else is refused before it is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

from omegaconf import DictConfig, OmegaConf

from harness.errors import InputError

__all__ = ["build", "build_all"]

GROUP = "harness.plugins"


def build(config: DictConfig | Mapping[str, Any], **arguments: Any) -> Any:
    """The object that ``config`` describes, with ``arguments`` beside its own.

    Raises
    ------
    InputError
        The target is not allowed, does not exist or refuses its parameters.
    """
    from hydra.errors import InstantiationException
    from hydra.utils import instantiate

    plain = (
        OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
        if OmegaConf.is_config(config)
        else dict(config)
    )
    if not isinstance(plain, dict) or "_target_" not in plain:
        raise InputError(
            "a config that should describe an object names no class",
            found=str(plain),
            expected="a key _target_",
        )
    _check(plain)
    try:
        return instantiate({**plain, "_convert_": "all"}, **arguments)
    except InstantiationException as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, InputError):
                raise cause from error
            cause = cause.__cause__
        if isinstance(error.__cause__, TypeError | ImportError | AttributeError) or (
            error.__cause__ is None
        ):
            first = str(error.__cause__ or error).split("\n")[0]
            raise InputError(
                f"the config of {plain['_target_']} does not fit it: {first}",
                found=", ".join(f"{k}={v}" for k, v in plain.items() if k != "_target_"),
                remedy="compare with its docstring and with the options in conf/",
            ) from error
        raise error.__cause__ from error


def build_all(configs: DictConfig | Mapping[str, Any], **arguments: Any) -> dict[str, Any]:
    """Each object of a group, by its name in the config."""
    return {str(name): build(config, **arguments) for name, config in configs.items()}


def _check(node: Any) -> None:
    """Refuse every target below ``node`` that is not allowed."""
    if isinstance(node, dict):
        if "_target_" in node:
            _check_target(str(node["_target_"]))
        for value in node.values():
            _check(value)
    elif isinstance(node, list):
        for value in node:
            _check(value)


def _check_target(target: str) -> None:
    allowed = {"harness"} | {e.value.split(":")[0].split(".")[0] for e in entry_points(group=GROUP)}
    if target.split(".")[0] not in allowed:
        raise InputError(
            f"the config may not build {target!r}",
            expected=f"a class below one of: {', '.join(sorted(allowed))}",
            remedy=f"register its package under the entry point group {GROUP!r}",
        )
    from hydra.utils import get_object

    try:
        found = get_object(target)
    except Exception as error:
        raise InputError(
            f"the config names {target!r}, which does not exist",
            found=str(error).split("\n")[0],
            remedy="check the spelling of _target_",
        ) from error
    home = str(getattr(found, "__module__", "")).split(".")[0]
    if home not in allowed:  # e.g. harness.cli.os.system
        raise InputError(
            f"the config may not build {target!r}, which belongs to {home or 'no module'!r}",
            expected=f"a class below one of: {', '.join(sorted(allowed))}",
        )
