"""A sweep on a real Slurm of one node: a job that is killed costs only itself.

    pytest -m slurm

Needs root and the Debian packages that scripts/slurm_one_node.sh names. With HARNESS_SLURM_LOG the
commands and what they say are written to that file.
"""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPT = ROOT / "scripts" / "slurm_one_node.sh"
PATH = os.environ.get("PATH", "") + ":/usr/sbin"
TOOLS = ("munged", "mariadbd", "slurmdbd", "slurmctld", "slurmd", "sbatch", "sacct")
METRICS = ("bleu", "chrf", "chrfpp")


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment in which commands talk to a Slurm of one node, stopped at the end."""
    pytest.importorskip("submitit", reason="needs harness[slurm]")
    absent = [tool for tool in TOOLS if shutil.which(tool, path=PATH) is None]
    if absent or os.geteuid() != 0:
        pytest.skip(f"needs root and Slurm (absent: {', '.join(absent) or 'nothing'})")
    folder = tmp_path_factory.mktemp("slurm")
    subprocess.run([SCRIPT, "up", folder], check=True, timeout=300, stdout=subprocess.DEVNULL)
    try:
        yield {
            **os.environ,
            "PATH": PATH,
            "SLURM_CONF": str(folder / "slurm.conf"),
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
    finally:
        subprocess.run([SCRIPT, "down", folder], check=True, timeout=120)


def log(text: str) -> None:
    if os.environ.get("HARNESS_SLURM_LOG"):
        with Path(os.environ["HARNESS_SLURM_LOG"]).open("a", encoding="utf-8") as file:
            file.write(text.rstrip("\n") + "\n")


def started(root: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [
        *(sys.executable, "-m", "harness", "-m", "hydra/launcher=slurm_cpu"),
        *("hydra.launcher.cpus_per_task=1", "hydra.launcher.mem_gb=1"),
        *("hydra.launcher.array_parallelism=1", f"metrics={','.join(METRICS)}"),
        *("sentinels=none", "plots=none", f"output={root}"),
    ]
    log("$ harness " + " ".join(command[3:-1]) + " output=sweep")
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    try:
        out, err = process.communicate(timeout=400)
    finally:
        process.kill()
    log(f"{out}{err}$ echo $?\n{process.returncode}")
    return process.returncode, out, err


def running(number: int, environment: dict[str, str]) -> str:
    """Slurm's id of the job ``number`` of the only sweep, once it runs."""
    for _ in range(240):
        listed = subprocess.run(
            ["squeue", "-h", "-r", "-t", "R", "-o", "%i"],
            env=environment,
            capture_output=True,
            text=True,
        )
        for job in listed.stdout.split():
            if job.endswith(f"_{number}"):
                return job
        time.sleep(0.25)
    raise AssertionError(f"job {number} never ran")


def worker(number: int) -> int:
    """The process of the job ``number`` on the node, once there is one."""
    for _ in range(240):
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes().split(b"\0")
                variables = (process / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            python = b"submitit.core._submit" in command
            if python and b"SLURM_ARRAY_TASK_ID=%d" % number in variables:
                return int(process.name)
        time.sleep(0.25)
    raise AssertionError(f"job {number} has no process")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.slurm
@pytest.mark.parametrize("how", ["scancel", "kill -9"])
def test_a_killed_job_costs_only_itself(slurm: dict[str, str], tmp_path: Path, how: str) -> None:
    lost = 0  # the launcher asks for this one first, while the others have not begun
    root, environment = tmp_path / "sweep", {**slurm, "HARNESS_CACHE": str(tmp_path / "cache")}
    process = started(root, environment)
    try:
        job = running(lost, environment)
        log(f"$ {how} {job}      # meanwhile")
        if how == "scancel":
            subprocess.run(["scancel", job], env=environment, check=True)
        else:
            os.kill(worker(lost), signal.SIGKILL)
    except BaseException:
        process.kill()
        raise
    code, _, err = finished(process)
    assert code == 3
    assert f"job {lost}: metrics={METRICS[lost]}" in err
    assert "1 of 3 jobs failed" in err
    jobs = rows(root / "tables" / "jobs.csv")
    assert [r["state"] for r in jobs] == ["lost", "done", "done"]
    assert [int(r["computed"]) for r in jobs] == [0, 26, 26]
    assert {r["metric"] for r in rows(root / "tables" / "systems.csv")} >= set(METRICS[1:])
    kept = times(tmp_path / "cache" / "scores")
    assert len(kept) >= 4

    # The same command again computes the lost job alone.
    code, out, err = finished(started(root, environment))
    assert (code, err) == (0, "")
    assert "3 of 3 jobs done" in out
    jobs = rows(root / "tables" / "jobs.csv")
    assert [r["state"] for r in jobs] == ["done"] * 3
    assert [int(r["computed"]) for r in jobs] == [26, 0, 0]
    now = times(tmp_path / "cache" / "scores")
    assert {name: now[name] for name in kept} == kept


def times(store: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in store.glob("??/*.parquet")}


@pytest.mark.slurm
def test_what_slurm_refuses_is_bad_input(slurm: dict[str, str], tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "harness", "-m", "hydra/launcher=slurm_cpu"),
        *("hydra.launcher.partition=nowhere", "metrics=bleu,chrf", f"output={tmp_path / 'x'}"),
    ]
    done = subprocess.run(command, env=slurm, capture_output=True, text=True, timeout=100)
    assert done.returncode == 2
    assert "could not be submitted" in done.stderr
    assert "invalid partition" in done.stderr
