"""Work in processes that are killed, and results that do not depend on their number."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.commands.main import main
from harness.errors import InputError
from harness.support.processes import fan_out
from tests.conftest import ROOT
from tests.support.synthetic import write_synthetic


def nothing(item: int) -> None:
    return None


def square(item: int) -> int:
    return item * item


def die_once(folder: Path, item: int) -> int:
    """Item 3 kills its process the first time; every item leaves a mark each time it begins."""
    mark = folder / str(item)
    mark.write_text((mark.read_text() if mark.exists() else "") + "x")
    if item == 3 and mark.read_text() == "x":
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def die(item: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return item


def test_every_item_once() -> None:
    assert sorted(fan_out(square, range(20), 2, nothing)) == [n * n for n in range(20)]
    assert list(fan_out(square, [], 2, nothing)) == []


@pytest.mark.reliability
def test_a_killed_process_is_replaced(tmp_path: Path) -> None:
    work = functools.partial(die_once, tmp_path)
    assert sorted(fan_out(work, range(6), 2, nothing)) == [n * n for n in range(6)]
    assert (tmp_path / "3").read_text() == "xx"


@pytest.mark.reliability
def test_what_it_left_is_not_done_again(tmp_path: Path) -> None:
    def recover(item: int) -> int | None:
        return -item if (tmp_path / str(item)).exists() else None

    found = set(fan_out(functools.partial(die_once, tmp_path), range(6), 2, recover))
    assert -3 in found
    assert {abs(n) for n in found} & {1, 2, 3, 4, 5} >= {1, 2, 3} & found
    assert all((tmp_path / str(n)).read_text() == "x" for n in range(6))


@pytest.mark.reliability
def test_there_is_an_end_to_patience() -> None:
    with pytest.raises(InputError, match="killed before they are done"):
        list(fan_out(die, range(4), 2, nothing))


@pytest.mark.reliability
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_process_outlives_its_driver(tmp_path: Path) -> None:
    code = (
        "import functools, sys, pathlib; sys.path.insert(0, sys.argv[1])\n"
        "from harness.support.processes import fan_out\n"
        "from tests.support.test_processes import nothing, sleep_long\n"
        "work = functools.partial(sleep_long, pathlib.Path(sys.argv[2]))\n"
        "list(fan_out(work, range(2), 2, nothing))"
    )
    root = ROOT
    driver = subprocess.Popen([sys.executable, "-c", code, str(root), str(tmp_path)], cwd=root)
    try:
        wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
        workers = [int(p.name) for p in tmp_path.iterdir()]
        assert alive(workers) == workers
    finally:
        driver.kill()
        driver.wait()
    wait_until(lambda: not alive(workers))
    assert alive(workers) == []


def alive(processes: list[int]) -> list[int]:
    return [process for process in processes if Path(f"/proc/{process}").exists()]


def sleep_long(folder: Path, item: int) -> None:
    (folder / str(os.getpid())).touch()
    time.sleep(0.2 if len(list(folder.iterdir())) < 2 and item == 9 else 120)


def wait_until(condition: object, seconds: float = 60.0) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_tables_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    data = write_synthetic(tmp_path / "data", segments=180, systems=6)
    for workers in (1, 2):
        arguments = [
            *(*data, "metrics=[bleu,chrf]", "sentinels=none", "plots=none"),
            *("resampling.samples=10", f"workers={workers}", f"cache={tmp_path / str(workers)}"),
        ]
        assert main([*arguments, f"output={tmp_path / f'out{workers}'}"]) == 0
    one, two = (
        {p.name: p.read_bytes() for p in (tmp_path / f"out{n}" / "tables").iterdir()}
        for n in (1, 2)
    )
    assert one == two
    assert set(one) >= {"scores.csv", "meta_evaluation.csv", "categories.csv"}
