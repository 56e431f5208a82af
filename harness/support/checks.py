"""Checks of values from configs."""

from __future__ import annotations

from harness.errors import InputError

__all__ = [
    "LARGEST_NUMBER",
    "LONGEST_NGRAM",
    "MOST_DRAWS",
    "check_between",
    "check_flag",
    "check_flag_or_auto",
    "check_one_of",
    "check_seed",
    "check_weight",
    "check_whole",
    "is_usable",
]

#: What the whole-number columns of tables can hold.
LARGEST_SEED = 2**62
#: More draws (resamples, trials) than this are refused: they would take days.
MOST_DRAWS = 10_000_000
#: Longer n-grams than this are refused.
LONGEST_NGRAM = 100
#: No penalty of an error is larger.
LARGEST_WEIGHT = 1e6
#: A score or rating of a larger size is refused: sums of squares of such numbers overflow.
LARGEST_NUMBER = 1e50


def check_whole(name: str, value: object, minimum: int, maximum: int = LARGEST_SEED) -> None:
    """Refuse ``value`` of the config value ``name`` unless it is a whole number from ``minimum`` to
    ``maximum``.

    Raises
    ------
    InputError
        It is not.
    """
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not minimum <= value <= maximum:  # type: ignore[operator]
        limit = f" to {maximum:,}" if maximum < LARGEST_SEED else ""
        raise _refused(name, value, f"a whole number from {minimum}{limit}")


def check_seed(name: str, value: object) -> None:
    """Refuse ``value`` of the config value ``name`` unless it is a whole number from 0 that tables
    can hold.

    Raises
    ------
    InputError
        It is not.
    """
    check_whole(name, value, 0)
    if isinstance(value, int) and value > LARGEST_SEED:
        raise _refused(name, value, f"a whole number from 0 to {LARGEST_SEED}")


def check_between(name: str, value: object, low: float, high: float) -> None:
    """Refuse ``value`` of the config value ``name`` unless it is a number strictly between ``low``
    and ``high``.

    Raises
    ------
    InputError
        It is not.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not low < value < high:
        raise _refused(name, value, f"a number above {low:g} and below {high:g}")


def _refused(name: str, value: object, expected: str) -> InputError:
    return InputError(
        f"the config value {name} is out of range",
        found=_shown(value),
        expected=expected,
        remedy=f"set {name}=VALUE",
    )


def _shown(value: object) -> str:
    """``value`` in a few characters; Python writes no number of more than 4,300 digits."""
    try:
        text = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= 80 else f"{text[:77]}…"


def check_weight(name: str, value: object) -> None:
    """Refuse ``value`` of the config value ``name`` unless it is a number from 0 to
    :data:`LARGEST_WEIGHT`.

    Raises
    ------
    InputError
        It is not.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= LARGEST_WEIGHT:  # type: ignore[operator]
        raise _refused(name, value, f"a number from 0 to {LARGEST_WEIGHT:,.0f}")


def is_usable(number: float) -> bool:
    """Whether a score or rating is a number that can be reckoned with: finite, and at most
    :data:`LARGEST_NUMBER` in size."""
    return abs(number) <= LARGEST_NUMBER


def check_flag(name: str, value: object) -> None:
    """Refuse ``value`` of the config value ``name`` unless it is true or false.

    Raises
    ------
    InputError
        It is not.
    """
    if not isinstance(value, bool):
        raise _refused(name, value, "true or false")


def check_flag_or_auto(name: str, value: object) -> None:
    """Refuse ``value`` of the config value ``name`` unless it is true, false or 'auto'.

    Raises
    ------
    InputError
        It is not.
    """
    if not isinstance(value, bool) and value != "auto":
        raise _refused(name, value, "true, false or auto")


def check_one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    """Refuse ``value`` of the config value ``name`` unless it is one of ``known``.

    Raises
    ------
    InputError
        It is not.
    """
    if value not in known:
        raise InputError(
            f"the config value {name} is unknown",
            found=repr(value),
            expected=" or ".join(known),
            remedy=f"set {name}={known[0]}",
        )
