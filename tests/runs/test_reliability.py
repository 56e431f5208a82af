"""Runs and sweeps whose processes are killed at random, again and again.

    HARNESS_KILLS=200 pytest -m slow -s tests/runs/test_reliability.py

What was computed stays and is not computed again, nothing is wrong, and in the end the results are,
byte for byte, those of a run that nobody disturbed.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from harness.scoring.store import ScoreStore
from tests.support.synthetic import write_synthetic

KILLS = int(os.environ.get("HARNESS_KILLS", "20"))
SEED = int(os.environ.get("HARNESS_KILLS_SEED", "1"))
COMMON = (
    *("sentinels=none", "resampling.samples=5", "workers=2"),
    *("output=out", "cache=cache"),
)
COMMANDS = {
    "run": ("metrics=[bleu,chrf]", "plots=meta_evaluation_forest"),
    "sweep": ("-m", "metrics=[bleu],[bleu,chrf]", "plots=none"),
}
#: What says when, where and how fast a run went, and what it found in the store.
VARYING = (
    r"<dt>[Ss]tarted</dt>\s*<dd>[^<]*</dd>",
    r"<dt>(?:computed|reused)</dt>\s*<dd>[\d,]+</dd>",
    r"<dt>seconds</dt>\s*<dd><dl>.*?</dl></dd>",
    r"<dt>cpu_seconds_(?:scoring|of_scores)</dt>\s*<dd><dl>.*?</dl></dd>",
    r'<section id="cost".*?</section>',
)
RECORDS = {"run.json", "status.json", "sweep.json", "multirun.yaml"}
VARYING_OF_A_SWEEP = (r'<ul class="facts">.*?</ul>', r'<section id="jobs".*?</section>')


FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["harness.commands.main", "harness.sweep.driver", "harness.runs.pipeline", "harness.sweep.page"]
)


def command(folder: Path, overrides: list[str]) -> None:
    """What a driver does: ``harness`` with these overrides in ``folder``."""
    os.chdir(folder)
    with Path("said.txt").open("a") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    from harness.commands.main import main

    code = main(overrides)
    sys.stdout.flush()
    os._exit(code)  # a process of multiprocessing would wait for the pool's thread for ever


@dataclass
class Folder:
    """A working directory in which one command is run and killed."""

    path: Path
    overrides: list[str]

    @property
    def store(self) -> ScoreStore:
        return ScoreStore(self.path / "cache" / "scores")

    def start(self) -> ForkServerProcess:
        """The command in a process of its own, which has the imports behind it already."""
        process = FORKS.Process(target=command, args=(self.path, self.overrides))
        process.start()
        return process

    def finish(self) -> float:
        """Run the command to its end, without disturbing it; the seconds that it took."""
        began = time.monotonic()
        process = self.start()
        process.join(900)
        assert process.exitcode == 0, (self.path / "said.txt").read_text()
        return time.monotonic() - began

    def times(self) -> dict[str, int]:
        return {e.key: e.path.stat().st_mtime_ns for e in self.store.entries()}

    def results(self) -> dict[str, str]:
        """Everything that was written, without what says when, where and how fast."""
        found = {}
        for path in sorted((self.path / "out").rglob("*")):
            name = path.relative_to(self.path / "out").as_posix()
            if path.is_dir() or path.name in RECORDS:
                continue
            if path.suffix == ".html":
                found[name] = steady(path.read_text("utf-8"), sweep=name == "report.html")
            elif name == "tables/jobs.csv":
                jobs = pd.read_csv(path)
                found[name] = jobs[["job", "overrides", "state", "missing", "failed"]].to_csv()
            else:
                found[name] = path.read_bytes().hex()
        return found

    def computed(self) -> int:
        record = self.path / "out" / "run.json"
        if record.exists():
            return int(json.loads(record.read_text("utf-8"))["counts"]["scores"]["computed"])
        return int(pd.read_csv(self.path / "out" / "tables" / "jobs.csv")["computed"].sum())


def steady(page: str, *, sweep: bool) -> str:
    for pattern in (*VARYING, *(VARYING_OF_A_SWEEP if sweep and "<h1>A sweep" in page else ())):
        page = re.sub(pattern, "", page, flags=re.DOTALL)
    return page


def workers_of(driver: int) -> list[int]:
    """The processes that compute scores for ``driver``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == driver and b"popen_loky" in command:
            found.append(int(process.name))
    return found


def lives(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


@dataclass
class Killer:
    draw: random.Random
    seconds: float
    killed: Counter[str] = field(default_factory=Counter)
    stray: int = 0

    def strike(self, process: ForkServerProcess, *, scoring: bool) -> str:
        """Kill the driver, or one of its workers, some time in its life (``scoring``: once it has
        workers): what was killed, '' if it was done before."""
        pid = process.pid
        assert pid is not None
        delay = self.draw.uniform(0, self.seconds * 0.6)
        if scoring:
            while process.is_alive() and not workers_of(pid):
                time.sleep(0.02)
            delay /= 4
        process.join(delay)
        if not process.is_alive():
            return ""
        workers = workers_of(pid)
        what = self.draw.choice(["worker", "driver"]) if workers else "driver"
        target = self.draw.choice(workers) if what == "worker" else pid
        try:
            os.kill(target, signal.SIGKILL)
        except ProcessLookupError:
            return ""
        self.killed[what] += 1
        if what == "driver":
            process.join()
            self.wait_for(workers)
        return what

    def wait_for(self, workers: list[int]) -> None:
        """Workers end with their driver; the few that had not begun to work are ended here."""
        for _ in range(200):
            if not any(map(lives, workers)):
                return
            time.sleep(0.02)
        for worker in filter(lives, workers):
            self.stray += 1
            os.kill(worker, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_kills_cost_nothing_that_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_NATIVE", "0")  # the C code is too quick to need other processes
    data = write_synthetic(tmp_path / "data", segments=350, systems=6)
    whole: dict[str, Folder] = {}
    seconds = 0.0
    for name, own in COMMANDS.items():
        whole[name] = Folder(tmp_path / f"undisturbed-{name}", [*own, *data, *COMMON])
        whole[name].path.mkdir()
        seconds = max(seconds, whole[name].finish())
    expected = {e.key: whole["run"].store.get(e.key) for e in whole["run"].store.entries()}
    n_segments = 350 * 6 * 2
    killer = Killer(random.Random(SEED), seconds)
    rounds = Counter[str]()
    kept_scores = 0
    while killer.killed.total() < KILLS:
        name = killer.draw.choice(list(COMMANDS))
        folder = Folder(tmp_path / f"round-{rounds.total()}", whole[name].overrides)
        folder.path.mkdir()
        rounds[name] += 1
        before: dict[str, int] = {}
        for _ in range(killer.draw.randint(5, 15)):
            process = folder.start()
            scoring = len(before) < len(expected) / 2 and killer.draw.random() < 0.7
            while killer.strike(process, scoring=scoring) == "worker":
                scoring = False
            process.join()
            now = folder.times()
            assert {key: now.get(key) for key in before} == before, "a score was computed again"
            before = now
            if process.exitcode == 0:
                break
        kept = {e.key: int(e.about["segments"]) for e in folder.store.entries(check=True)}
        killer.seconds = folder.finish()
        now = folder.times()
        assert {key: now.get(key) for key in before} == before, "a score was computed again"
        assert folder.computed() == n_segments - sum(kept.values())
        kept_scores += sum(kept.values())
        entries = list(folder.store.entries(check=True))
        assert {e.key for e in entries} == set(expected)
        assert all(e.whole for e in entries)
        for entry in entries:
            ours, theirs = folder.store.get(entry.key), expected[entry.key]
            assert ours is not None and theirs is not None
            assert np.array_equal(ours.scores, theirs.scores)
            assert (ours.statistics is None) == (theirs.statistics is None)
            if ours.statistics is not None and theirs.statistics is not None:
                assert np.array_equal(ours.statistics, theirs.statistics)
        assert folder.results() == whole[name].results()
        left = [p for p in (folder.path / "out").rglob(".*") if "partial" in p.name]
        left += folder.path.glob(".*")
        assert not left
        print(  # noqa: T201
            f"{killer.killed.total()} kills {dict(killer.killed)}, rounds {dict(rounds)}, "
            f"{kept_scores} scores kept, {killer.stray} stray",
            flush=True,
        )
