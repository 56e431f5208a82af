"""The code of a Python function as text: its source and that of the functions it calls, with the
values of the variables that it takes from outside."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from types import CodeType, FunctionType, ModuleType
from typing import Any

__all__ = ["function_code"]

#: Values whose ``repr`` says all of them.
_PLAIN = (bool, int, float, complex, str, bytes, type(None))


def function_code(function: Callable[..., Any]) -> str | None:
    """What determines the results of ``function``, as far as its code tells.

    Its source text; the values of its defaults, of the variables of enclosing functions and of the
    global ones that it names; of those that are functions, the same again; of modules and of
    classes and functions of other packages the names.

    Returns
    -------
    str or None
        None where it cannot be told: the source is not there (a function typed at Python's prompt,
        or made by a C extension), or a value is of another kind (an object, an array).
    """
    try:
        return "\n".join(_parts(function, set()))
    except (LookupError, OSError, TypeError, SyntaxError):
        return None


def _parts(function: Callable[..., Any], seen: set[int]) -> list[str]:
    """The parts of the text.

    Raises
    ------
    LookupError, OSError, TypeError
        They cannot be told.
    """
    if id(function) in seen:
        return []
    seen.add(id(function))
    if not isinstance(function, FunctionType):
        raise TypeError(f"no Python function: {function!r}")
    source = textwrap.dedent(inspect.getsource(function))
    outside = inspect.getclosurevars(function)
    values = {
        "defaults": (function.__defaults__, function.__kwdefaults__),
        **outside.nonlocals,
        **{
            n: function.__globals__[n]
            for n in _names(function.__code__)
            if n in function.__globals__
        },
    }
    parts = [source]
    for name, value in sorted(values.items()):
        parts.append(f"{name} = {_told(value)}")
        if isinstance(value, FunctionType) and _is_own(value, function):
            parts += _parts(value, seen)
    return parts


def _names(code: CodeType) -> set[str]:
    """The names that a code object and those inside it look up."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return {*code.co_names, *(name for one in inner for name in _names(one))}


def _told(value: Any) -> str:
    if isinstance(value, _PLAIN):
        return repr(value)
    if isinstance(value, ModuleType):
        return f"module {value.__name__} {getattr(value, '__version__', '')}"
    if isinstance(value, FunctionType | type) or inspect.isbuiltin(value):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, tuple | list):
        return f"{type(value).__name__}({', '.join(map(_told, value))})"
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__}({', '.join(sorted(map(_told, value)))})"
    if isinstance(value, dict):
        return f"dict({', '.join(f'{_told(k)}: {_told(v)}' for k, v in value.items())})"
    raise TypeError(f"no plain value: {type(value)}")


def _is_own(value: FunctionType, function: FunctionType) -> bool:
    """Whether a function belongs to the same package as ``function``: its code may change."""
    return value.__module__.split(".")[0] == function.__module__.split(".")[0]
