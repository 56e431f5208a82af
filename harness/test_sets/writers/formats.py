"""The formats that a test set can be written in, by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.support.folders import Kind, check_folder
from harness.tables import TestSet
from harness.test_sets.writers import jsonl, mtme
from harness.test_sets.writers.base import Export

__all__ = ["FORMATS", "check_target", "export"]

#: Each format and what its folders are known by.
FORMATS: Mapping[str, Kind] = {"jsonl": jsonl.KIND, "mtme": mtme.KIND}


def check_target(form: str, folder: str | Path) -> None:
    """Refuse, before a test set is read, a format or a folder that it cannot be written to.

    Raises
    ------
    InputError
        There is no such format, or the folder holds something else than an unchanged earlier
        export in it.
    """
    if form not in FORMATS:
        raise unknown_name("format", form, FORMATS)
    check_folder(Path(folder), FORMATS[form])


def export(
    test_set: TestSet,
    form: str,
    folder: str | Path,
    language_pair: str | None = None,
    *,
    refuse_loss: bool = False,
) -> Export:
    """Write ``test_set`` into ``folder`` in one of :data:`FORMATS`.

    Parameters
    ----------
    language_pair
        For mtme; None: the card's, else zh-en.
    refuse_loss
        Write nothing if the format cannot hold all of the test set.

    Raises
    ------
    InputError
        As of :func:`check_target` and of the format's ``write``; or a language pair is given for
        another format than mtme.
    """
    check_target(form, folder)
    if form == "mtme":
        return mtme.write(test_set, folder, language_pair=language_pair, refuse_loss=refuse_loss)
    if language_pair is not None:
        raise InputError(f"the format {form} takes no language pair", found=language_pair)
    return jsonl.write(test_set, folder)
