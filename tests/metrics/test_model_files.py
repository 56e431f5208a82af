"""The content of a model's files: read once, with little memory, and every byte counts."""

from __future__ import annotations

import hashlib
import os
import tracemalloc
from pathlib import Path

import pytest

from harness.errors import InputError
from harness.metrics import model_files
from harness.metrics.model_files import SMALL, file_digest, files_digest, files_of


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(model_files, "_known", {})
    return tmp_path / "cache"


def settled(path: Path, content: bytes) -> Path:
    """A file that was last changed long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> None:
        raise AssertionError("the file is read")

    monkeypatch.setattr(hashlib, "file_digest", read)


def test_a_large_file_is_read_once_with_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 64 * 2**20
    block = os.urandom(2**20)
    file = settled(tmp_path / "model.bin", block * 64)
    tracemalloc.start()
    found = file_digest(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert file.stat().st_size == size and peak < 2**21
    assert found == hashlib.sha256(block * 64).hexdigest()
    no_reading(monkeypatch)
    assert file_digest(file) == found
    monkeypatch.setattr(model_files, "_known", {})  # another process
    assert file_digest(file) == found
    os.utime(file, (1_000_000_001, 1_000_000_001))
    with pytest.raises(AssertionError, match="is read"):
        file_digest(file)


def test_one_changed_byte_changes_the_digest_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    settled(folder / "config.json", b"{}")
    file = settled(folder / "checkpoints" / "model.ckpt", b"weights")
    settled(folder / ".cache" / "lock", b"")
    before = files_digest([folder])
    file.write_bytes(b"weightz")
    assert files_digest([folder]) != before
    settled(file, b"weights")
    assert files_digest([folder]) == before
    settled(folder / ".cache" / "lock", b"other")
    assert files_digest([folder]) == before
    folder.rename(tmp_path / "moved")
    assert files_digest([tmp_path / "moved"]) == before
    file = tmp_path / "moved" / "config.json"
    file.rename(file.with_name("other.json"))
    assert files_digest([tmp_path / "moved"]) != before


def test_a_file_that_was_changed_just_now_is_not_remembered(tmp_path: Path) -> None:
    file = tmp_path / "model.bin"
    file.write_bytes(bytes(SMALL))
    state = file.stat()
    first = file_digest(file)
    file.write_bytes(b"\x01" + bytes(SMALL - 1))
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))  # within one tick of the clock
    assert file_digest(file) != first


def test_what_is_remembered_wrongly_is_read_again(tmp_path: Path, cache: Path) -> None:
    file = settled(tmp_path / "model.bin", bytes(SMALL))
    found = file_digest(file)
    (memory,) = cache.glob("file_hashes/*.json")
    for damage in (b"", b"[]", b"{}", b'{"state": 1, "sha256": "x"}'):
        memory.write_bytes(damage)
        model_files._known.clear()
        assert file_digest(file) == found


def test_a_cache_that_cannot_be_written_costs_time_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").touch()
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "taken"))
    file = settled(tmp_path / "model.bin", bytes(SMALL))
    assert file_digest(file) == hashlib.sha256(bytes(SMALL)).hexdigest()


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        files_of(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no file"):
        files_digest([tmp_path / "empty"])
