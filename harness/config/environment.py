"""Values of the environment in a config (``${oc.env:NAME}``): whatever a config holds is written to
run.json and the report, and secrets lie in the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from omegaconf import DictConfig, OmegaConf

from harness.errors import InputError

__all__ = ["check_environment"]

_READS = re.compile(r"\$\{\s*oc\.env\s*:\s*(?P<name>[^,}]*)")
#: Values that are places of files, which may depend on the machine.
_PLACES = re.compile(
    r"output|mirror|cache|glossary|scores(?:\.\d+)?|test_set\.(?!name$|domain$).+"
    r"|metrics\.\w+\.(?:file|folder|mirror|cache)"
)
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASS|PWD$|CRED|AUTH|PRIVATE", re.IGNORECASE)


def check_environment(config: DictConfig) -> None:
    """Refuse a config that reads a variable of the environment, except for places of files, and
    there too if the variable's name says that it is a secret.

    Raises
    ------
    InputError
        It does; the value is not shown.
    """
    for key, text in _texts(OmegaConf.to_container(config, resolve=False), ""):
        for found in _READS.finditer(text):
            name = found["name"].strip(" '\"")
            if _PLACES.fullmatch(key) and not _SECRET.search(name):
                continue
            raise InputError(
                f"the config value {key} is read from the environment, and would be written to"
                " run.json and the report",
                found=f"${{oc.env:{name}}}",
                expected="such values only where files lie, and no secrets",
                remedy=f"write the value itself: {key}=VALUE",
            )


def _texts(node: Any, key: str) -> Iterator[tuple[str, str]]:
    """The texts below a node of a config, with their keys."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _texts(value, f"{key}.{name}" if key else str(name))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from _texts(value, f"{key}.{i}")
    elif isinstance(node, str):
        yield key, node
