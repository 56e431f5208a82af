"""The code of a Python function as text: its source, that of the functions it calls, and the values
of the outside variables it uses."""

from __future__ import annotations

import inspect
import sys
import sysconfig
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

__all__ = ["function_code"]

#: Values whose ``repr`` says all of them.
_PLAIN = (bool, int, float, complex, str, bytes, type(None))


def function_code(function: Callable[..., Any]) -> str | None:
    """What determines the results of ``function``, as far as its code shows.

    Its source text and byte code; the values of its defaults, of the variables of enclosing
    functions and of the global ones that it names; of those that are functions or classes of the
    user's own, their code too; of modules of the user's own, the file (not what that imports); of
    installed packages, the names and versions.

    Returns
    -------
    str or None
        None if it cannot be determined: there is no source (a function typed at Python's prompt, or
        made by a C extension), or a value is of another kind (an object, an array).
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
    code, around = function.__code__, function.__globals__
    cells = zip(code.co_freevars, function.__closure__ or (), strict=True)
    values = {
        "defaults": (function.__defaults__, function.__kwdefaults__),
        **{name: around[name] for name in _names(code) if name in around},
        **{name: cell.cell_contents for name, cell in cells if cell.cell_contents is not function},
    }
    parts = [textwrap.dedent(inspect.getsource(function)), _byte_code(code)]
    for name, value in sorted(values.items()):
        parts.append(f"{name} = {_told(value)}")
        if isinstance(value, FunctionType) and not _installed(value.__module__):
            parts += _parts(value, seen)
    return parts


def _names(code: CodeType) -> set[str]:
    """The names that a code object and those inside it look up."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return {*code.co_names, *(name for one in inner for name in _names(one))}


def _byte_code(code: CodeType) -> str:
    """What distinguishes functions whose source is on the same line."""
    constants = [
        _byte_code(constant) if isinstance(constant, CodeType) else _told(constant)
        for constant in code.co_consts
    ]
    return f"{code.co_code.hex()}({', '.join(constants)})"


def _told(value: Any) -> str:
    if isinstance(value, _PLAIN):
        return repr(value)
    if isinstance(value, ModuleType):
        return f"module {_module(value.__name__)}"
    if isinstance(value, type) and not _installed(value.__module__):
        return inspect.getsource(value)
    if isinstance(value, FunctionType | type) or inspect.isbuiltin(value):
        return f"{_module(str(value.__module__))}.{value.__qualname__}"
    if isinstance(value, tuple | list):
        return f"{type(value).__name__}({', '.join(map(_told, value))})"
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__}({', '.join(sorted(map(_told, value)))})"
    if isinstance(value, dict):
        return f"dict({', '.join(f'{_told(k)}: {_told(v)}' for k, v in value.items())})"
    raise TypeError(f"no plain value: {type(value)}")


def _module(name: str) -> str:
    """A module's name, with the version of an installed package or the text of a user's file."""
    package = sys.modules.get(name.split(".")[0])
    if _installed(name):
        return f"{name} {getattr(package, '__version__', '')}".rstrip()
    return f"{name} {inspect.getsource(sys.modules[name])}" if name != "__main__" else name


def _installed(name: str) -> bool:
    """Whether a module is Python's own or an installed package's."""
    file = getattr(sys.modules.get(name), "__file__", None)
    if file is None:
        return name != "__main__"
    folders = sysconfig.get_paths()
    return any(
        Path(file).is_relative_to(folders[kind]) for kind in ("stdlib", "purelib", "platlib")
    )
