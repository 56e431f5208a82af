"""The groups of the configs and their options, by looking at the folders.

Nothing heavy is imported here, so that ``harness --help`` answers at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.errors import InputError
from harness.support.resources import resource_folder
from harness.support.yaml_limits import check_limits

__all__ = ["LISTS", "config_folders", "group_options"]

#: Groups of which a run takes several options: ``'metrics=[bleu,chrf]'``.
LISTS = ("metrics", "sentinels", "views", "injectors", "plots", "claims")


def config_folders(own: Path | None = None, base: Path | None = None) -> list[Path]:
    """The folders of configs: the shipped one, or ``base`` in its place; after it the user's
    ``own``, if there is one.

    Raises
    ------
    InputError
        ``own`` does not exist, or a file is not UTF-8 or is YAML that nobody would
        write.
    """
    if base is not None:
        _check_files(base)
    base = resource_folder("conf") if base is None else base.resolve()
    if own is None:
        return [base]
    if not own.is_dir():
        raise InputError(
            "the folder of --config-dir does not exist",
            file=own,
            remedy="give the folder that holds your metrics/, test_set/, … (one YAML an option)",
        )
    _check_files(own)
    return [base, own.resolve()]


def _check_files(folder: Path) -> None:
    """Refuse a folder of configs with a file that is no UTF-8 or would exhaust the memory."""
    for file in sorted(folder.rglob("*.yaml")):
        if file.is_file():
            check_limits(_text(file), file)


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise InputError("the file cannot be read", file=file, found=error.strerror) from error
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            "the line is not UTF-8",
            file=file,
            line=raw.count(b"\n", 0, error.start) + 1,
            expected="UTF-8 text",
            remedy="save the file as UTF-8",
        ) from error


def group_options(folders: Sequence[Path]) -> dict[str, list[str]]:
    """Each config group below ``folders`` with its options, by name."""
    groups: dict[str, set[str]] = {}
    for folder in folders:
        for file in folder.rglob("*.yaml"):
            group = file.parent.relative_to(folder).as_posix()
            if group != "." and not group.startswith("hydra"):
                groups.setdefault(group, set()).add(file.stem)
    return {group: sorted(options) for group, options in sorted(groups.items())}
