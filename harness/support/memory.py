"""Memory that does not suffice: one message, which names what needs it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from harness.errors import InputError

try:  # now: without memory it could not be loaded
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

__all__ = ["lacks_memory", "memory_error", "memory_for"]

#: How the loader of shared libraries and the starter of threads say that there is no memory left.
_SAID = ("cannot allocate memory", "failed to map segment", "can't start new thread")


@contextmanager
def memory_for(what: str) -> Iterator[None]:
    """Let memory that does not suffice within the block end in an error that says that ``what``
    needs it.

    Raises
    ------
    InputError
        It does not.
    """
    try:
        yield
    except Exception as error:
        if not lacks_memory(error):
            raise
        raise memory_error(what) from None  # the traceback holds on to what fills the memory


def lacks_memory(error: BaseException) -> bool:
    """Whether ``error`` says that there is no memory left."""
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    told = isinstance(error, ImportError | RuntimeError | OSError)
    return told and any(said in str(error).lower() for said in _SAID)


def memory_error(what: str) -> InputError:
    """The error: ``what`` needs more memory."""
    return InputError(
        f"the memory does not suffice: {what} needs more",
        found=_limit(),
        remedy="more memory or a higher limit, or less at once: fewer systems or metrics, workers=1"
        " (scores that were computed are kept)",
    )


def _limit() -> str | None:
    """The limit of this process, if it has one."""
    if resource is None:
        return None
    soft = resource.getrlimit(resource.RLIMIT_AS)[0]
    if soft == resource.RLIM_INFINITY:
        return None
    return f"this process may use {soft // 2**20:,} MiB (ulimit -v)"
