"""Files and folders that fail while they are used: no right to read, no room, no memory, no end."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.support.memory import lacks_memory, memory_for
from harness.test_sets.readers import demetr, mtme_folder
from harness.test_sets.readers.lines import existing_file, read_lines
from harness.test_sets.yaml_files import read_yaml

pytestmark = [
    pytest.mark.reliability,
    pytest.mark.skipif(sys.platform != "linux", reason="limits and devices of Linux"),
]

HARNESS = (sys.executable, "-m", "harness")


def run(command: str, folder: Path) -> tuple[int, str, str]:
    """Exit code and what is said, of a command of the shell in which $HARNESS is harness."""
    environment = {
        **os.environ,
        "HARNESS": " ".join(HARNESS),
        "HARNESS_CACHE": str(folder / "cache"),
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = "The cat sat on the mat and the dog sat on the cat.\n"
    for name in ("zh", "ref", "a"):
        (tmp_path / name).write_text(lines * 3, "utf-8")
    return tmp_path


#: A shell command, its exit code, what it says on stderr.
COMMANDS = {
    "standard output is full": ("$HARNESS score -t a -r ref > /dev/full", 2, "the output cannot be written"),
    "standard output is closed": ("$HARNESS score -t a -r ref >&-", 0, ""),
    "a pipe that ends at once": ("set -o pipefail; $HARNESS list metrics | true", 0, ""),
    "a file that is too large for the process": ("for i in 1 2 3 4 5; do cat a a a > b; cp b a; done; cp a ref; ulimit -f 1; $HARNESS score -t a -r ref --segments x.csv", 2, "x.csv"),
    "no file can be written at all": ("ulimit -f 0; $HARNESS score -t a -r ref", 2, "no folder for temporary files"),
    "a pipe of the shell": ("$HARNESS score -t <(cat a) -r ref", 2, "this is a pipe or a device"),
    "standard input from a pipe": ("cat a | $HARNESS score -t /dev/stdin -r ref", 2, "this is a pipe or a device"),
    "standard input from a file": ("$HARNESS score -t /dev/stdin -r ref --metrics bleu < a", 0, ""),
    "an encoding without Chinese": ("LC_ALL=C PYTHONUTF8=0 PYTHONIOENCODING=ascii $HARNESS score -t a -r 没有", 2, "there is no such file"),
    "too little memory to score": ("ulimit -v 400000; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do cat a a > b; cp b a; done; cp a ref; $HARNESS score -t a -r ref --metrics bleu", 2, "the memory does not suffice"),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_commands(name: str, folder: Path) -> None:
    command, code, says = COMMANDS[name]
    found = run(command, folder)
    assert (found[0], says in found[2]) == (code, True), found
    assert "Traceback" not in found[2]
    if code:
        assert not (folder / "x.csv").exists()
        assert not list(folder.glob(".*"))


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        RuntimeError("can't start new thread"),
        ImportError("x.so: failed to map segment from shared object"),
    ],
    ids=repr,
)
def test_memory_that_does_not_suffice_names_what_needs_it(error: Exception) -> None:
    with pytest.raises(InputError) as caught, memory_for("the metric 'bleu'"):
        raise error
    assert caught.value.message == "the memory does not suffice: the metric 'bleu' needs more"
    assert "scores that were computed are kept" in str(caught.value.remedy)


@pytest.mark.parametrize(
    "error",
    [ValueError("memory"), OSError(errno.ENOENT, "x"), InputError("x"), RuntimeError("x")],
    ids=repr,
)
def test_other_errors_are_not_of_memory(error: Exception) -> None:
    assert not lacks_memory(error)
    with pytest.raises(type(error)) as caught, memory_for("anything"):
        raise error
    assert caught.value is error


def denied(path: Path) -> None:
    path.chmod(0)


def gone(path: Path) -> None:
    path.unlink()


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe_instead(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def loop_instead(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    "read", [lambda p: list(read_lines(p)), read_yaml, existing_file], ids=["lines", "card", "file"]
)
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (denied, "this file may not be read"),
        (gone, "there is no such file"),
        (folder_instead, "this is a folder, not a file"),
        (pipe_instead, "this is a pipe or a device"),
        (loop_instead, "the file cannot be opened"),
    ],
)
def test_what_is_no_file(
    tmp_path: Path, read: Callable[[Path], object], spoil: Callable[[Path], None], says: str
) -> None:
    if spoil is denied and os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = tmp_path / "file"
    path.write_text("a: 1\n", "utf-8")
    spoil(path)
    with pytest.raises(InputError, match=says) as caught:
        read(path)
    assert caught.value.file == str(path)


@pytest.mark.parametrize(
    "read", [lambda p: mtme_folder.read("t", p), lambda p: demetr.read(p)], ids=["mtme", "demetr"]
)
def test_a_folder_that_may_not_be_read(
    tmp_path: Path, read: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sources").mkdir()

    def refused(self: Path) -> object:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "iterdir", refused)
    with pytest.raises(InputError) as caught:
        read(tmp_path)
    assert caught.value.file is not None
    assert "Permission denied" in str(caught.value)


def test_a_file_that_fails_while_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file cannot be read") as caught:
        list(read_lines(Path("/proc/self/mem")))
    assert caught.value.file == "/proc/self/mem"
