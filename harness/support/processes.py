"""Work spread over processes. A killed process loses only its current item; none outlives its
driver.

The operating system kills processes when memory runs out, and people and schedulers kill drivers.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from harness.errors import InputError

__all__ = ["fan_out"]

T = TypeVar("T")
R = TypeVar("R")
#: How often in a row a process may be killed without any progress.
PATIENCE = 3


def fan_out(
    function: Callable[[T], R],
    items: Sequence[T],
    workers: int,
    recover: Callable[[T], R | None],
) -> Iterator[R]:
    """``function`` of every item, in any order, computed by ``workers`` processes, but by no more
    than there are items.

    Parameters
    ----------
    recover
        Reads what a killed process may have left of an item on disk; None: do it again.

    Raises
    ------
    InputError
        Processes are killed repeatedly without any progress.
    """
    from joblib import Parallel, delayed

    left = dict(enumerate(items))
    deaths = 0
    while left:
        parallel = Parallel(
            n_jobs=min(workers, len(left)),
            return_as="generator_unordered",
            batch_size=1,
            initializer=_follow,
            initargs=(os.getpid(),),
        )
        work = [delayed(_call)(function, n, item) for n, item in left.items()]
        try:
            for number, result in parallel(work):
                deaths = 0
                del left[number]
                yield result
        except BrokenProcessPool as error:
            deaths += 1
            if deaths == PATIENCE:
                raise InputError(
                    "the processes that compute scores are killed before they are done",
                    found=f"{deaths} times in a row, usually because memory ran out",
                    remedy="run the command again with workers=1, or with more memory: what was "
                    "computed is kept",
                ) from error
        for number, item in list(left.items()):
            found = recover(item)
            if found is not None:
                del left[number]
                yield found


def _call(function: Callable[[T], R], number: int, item: T) -> tuple[int, R]:
    return number, function(item)


def _follow(driver: int) -> None:
    """Make this process end when ``driver``, its parent, ends: nobody would read its results, and
    the next run computes the same."""
    if os.getpid() == driver:
        return

    def watch() -> None:
        while os.getppid() == driver:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, name="driver watch", daemon=True).start()
