"""Runs and sweeps whose processes are killed at random, again and again: what was computed stays
and is not computed again, nothing is wrong, and in the end the results are, byte for byte, those of
a run that nobody disturbed."""

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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import numpy as np
import pandas as pd

from harness.metrics import SegmentScores
from harness.scoring.store import ScoreStore
from tests.support.synthetic import write_synthetic

__all__ = ["kill_again_and_again"]

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
    r"<dt>costs_(?:now|of_scores)</dt>\s*<dd><dl>(?:<dt>[^<]*</dt>\s*<dd><dl>.*?</dl></dd>\s*)*</dl></dd>",
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


def kill_again_and_again(
    folder: Path, kills: int, seed: int, tell: Callable[[str], object]
) -> None:
    """Kill runs and sweeps in ``folder`` until at least ``kills`` processes were killed, in rounds
    that each end with a run to its end; ``tell`` is told the counts after each round.

    HARNESS_NATIVE must be 0: the C code is too quick to need other processes.
    """
    data = write_synthetic(folder / "data", segments=350, systems=6)
    whole: dict[str, Folder] = {}
    seconds = 0.0
    for name, own in COMMANDS.items():
        whole[name] = Folder(folder / f"undisturbed-{name}", [*own, *data, *COMMON])
        whole[name].path.mkdir()
        seconds = max(seconds, whole[name].finish())
    expected = {e.key: whole["run"].store.get(e.key) for e in whole["run"].store.entries()}
    killer = Killer(random.Random(seed), seconds)
    rounds = Counter[str]()
    kept_scores = 0
    while killer.killed.total() < kills:
        name = killer.draw.choice(list(COMMANDS))
        own_folder = Folder(folder / f"round-{rounds.total()}", whole[name].overrides)
        own_folder.path.mkdir()
        rounds[name] += 1
        before = _killed(own_folder, killer, len(expected) / 2)
        kept_scores += _finished(own_folder, killer, before)
        _check_store(own_folder.store, expected)
        assert own_folder.results() == whole[name].results()
        left = [p for p in (own_folder.path / "out").rglob(".*") if "partial" in p.name]
        left += own_folder.path.glob(".*")
        assert not left
        tell(
            f"{killer.killed.total()} kills {dict(killer.killed)}, rounds {dict(rounds)}, "
            f"{kept_scores} scores kept, {killer.stray} stray"
        )


def _killed(folder: Folder, killer: Killer, few: float) -> dict[str, int]:
    """Start the command several times and kill it each time; the files of the store then, and when
    each was written. ``few``: with fewer files there is still scoring to disturb."""
    before: dict[str, int] = {}
    for _ in range(killer.draw.randint(5, 15)):
        process = folder.start()
        scoring = len(before) < few and killer.draw.random() < 0.7
        while killer.strike(process, scoring=scoring) == "worker":
            scoring = False
        process.join()
        now = folder.times()
        assert {key: now.get(key) for key in before} == before, "a score was computed again"
        before = now
        if process.exitcode == 0:
            break
    return before


def _finished(folder: Folder, killer: Killer, before: dict[str, int]) -> int:
    """Let the command finish; the number of scores that were kept for it."""
    kept = {e.key: int(e.about["segments"]) for e in folder.store.entries(check=True)}
    killer.seconds = folder.finish()
    now = folder.times()
    assert {key: now.get(key) for key in before} == before, "a score was computed again"
    assert folder.computed() == 350 * 6 * 2 - sum(kept.values())
    return sum(kept.values())


def _check_store(store: ScoreStore, expected: Mapping[str, SegmentScores | None]) -> None:
    """Every file is whole and holds the scores of an undisturbed run."""
    entries = list(store.entries(check=True))
    assert {e.key for e in entries} == set(expected)
    assert all(e.whole for e in entries)
    for entry in entries:
        ours, theirs = store.get(entry.key), expected[entry.key]
        assert ours is not None and theirs is not None
        assert np.array_equal(ours.scores, theirs.scores)
        assert (ours.statistics is None) == (theirs.statistics is None)
        if ours.statistics is not None and theirs.statistics is not None:
            assert np.array_equal(ours.statistics, theirs.statistics)
