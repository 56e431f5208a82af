"""Whether values from a config have the types that what is built from them declares."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from typeguard import CollectionCheckStrategy, TypeCheckError, check_type

from harness.errors import InputError

__all__ = ["check_types"]

_ALL = CollectionCheckStrategy.ALL_ITEMS


def check_types(target: str, maker: Callable[..., Any], values: Mapping[str, Any]) -> None:
    """Refuse a value of another type than ``maker``, called ``target``, declares, or a number that
    is not finite: it would fail deep inside.

    Raises
    ------
    InputError
        It names the value, and the type that is declared.
    """
    hints = get_type_hints(maker)
    for key, value in values.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise InputError(
                f"the config value {key} of {target} is no finite number",
                found=repr(value),
                expected=str(inspect.signature(maker).parameters[key].annotation)
                if key in inspect.signature(maker).parameters
                else None,
            )
        if key not in hints:
            continue
        if isinstance(value, str) and _means_a_list(hints[key]):
            fault, remedy = "is text where a list is meant", f"write a list: {key}=[{value}]"
        else:
            try:
                check_type(value, hints[key], collection_check_strategy=_ALL)
                continue
            except TypeCheckError as error:
                fault = f"has the wrong type: {' '.join(str(error).split())}"
                remedy = "compare with the options in conf/"
        raise InputError(
            f"the config value {key} of {target} {fault}",
            found=repr(value),
            expected=str(inspect.signature(maker).parameters[key].annotation),
            remedy=remedy,
        )


def _means_a_list(hint: Any) -> bool:
    """Whether a value of this type is a list of something and never text. To Python a text is a
    sequence too, of its letters."""
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return str not in kinds and any(get_origin(kind) in (Iterable, Sequence) for kind in kinds)
