"""The folders that come with the package but hold no Python: conf/ and datasets/."""

from __future__ import annotations

from pathlib import Path

from harness.errors import InputError

__all__ = ["resource_folder"]

#: The package ``harness``.
_PACKAGE = Path(__file__).resolve().parent.parent


def resource_folder(name: str) -> Path:
    """The folder ``name`` ("conf", "datasets"): inside the installed package, or, in a checkout,
    beside it.

    Raises
    ------
    InputError
        It is in neither place: the installation is incomplete.
    """
    inside = _PACKAGE / "_data" / name
    if inside.is_dir():
        return inside
    # Only a checkout has its own project file there: in an installation the package's neighbours
    # are other packages, and one of them may be called 'datasets'.
    checkout = _PACKAGE.parent
    beside = checkout / name
    if (checkout / "pyproject.toml").is_file() and beside.is_dir():
        return beside
    raise InputError(
        f"the package lacks its folder {name!r}", file=inside, remedy="install harness again"
    )
