"""Variables of the environment that libraries read, before they read them."""

from __future__ import annotations

import os

from harness.errors import InputError

__all__ = ["check_epoch", "draw_to_files"]


def check_epoch() -> None:
    """Refuse a SOURCE_DATE_EPOCH that is no number: libraries end in a traceback there.

    Raises
    ------
    InputError
        It is none.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "0")
    if not (given.isascii() and given.isdecimal()):
        raise InputError(
            "the environment variable SOURCE_DATE_EPOCH is no number of seconds",
            found=given,
            expected="seconds since 1970, such as 1767225600",
            remedy="unset SOURCE_DATE_EPOCH",
        )


def draw_to_files() -> None:
    """Have matplotlib draw to files, whatever window system MPLBACKEND names."""
    os.environ["MPLBACKEND"] = "agg"
