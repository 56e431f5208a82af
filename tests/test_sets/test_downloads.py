from __future__ import annotations

import hashlib
import http.server
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from harness.errors import InputError
from harness.test_sets import downloads
from harness.test_sets.downloads import RemoteFile, cache_folder, fetch, mirror_folder

CONTENT = b"content" * 20_000  # more than two chunks
URL = "https://example.org/a/b/file.txt"
FILE = RemoteFile(URL, len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HARNESS_MIRROR", "HARNESS_CACHE"):
        monkeypatch.delenv(name, raising=False)


class Network:
    """Stands in for the network: answers every request with ``content`` and counts them."""

    def __init__(self) -> None:
        self.content = CONTENT
        self.status = 200
        self.asked: list[str] = []

    def get(self, url: str, **_: Any) -> requests.Response:
        self.asked.append(url)
        network = self

        class Answer(requests.Response):
            def iter_content(self, chunk_size: int | None = 1, **_: Any) -> Iterator[bytes]:
                step = chunk_size or 1
                for start in range(0, len(network.content), step):
                    yield network.content[start : start + step]

        answer = Answer()
        answer.raw = io.BytesIO()
        answer.status_code = self.status
        answer.headers["content-length"] = str(len(self.content))
        return answer


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    result = Network()
    monkeypatch.setattr(requests, "get", result.get)
    return result


def put(folder: Path, content: bytes = CONTENT) -> Path:
    path = folder / "example.org" / "a" / "b" / "file.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_the_mirror_comes_first(tmp_path: Path, network: Network) -> None:
    mirrored = put(tmp_path / "mirror")
    put(tmp_path / "cache" / "downloads")
    assert fetch(FILE, tmp_path / "mirror", tmp_path / "cache") == mirrored
    assert network.asked == []


def test_then_the_cache(tmp_path: Path, network: Network) -> None:
    (tmp_path / "mirror").mkdir()
    cached = put(tmp_path / "cache" / "downloads")
    assert fetch(FILE, tmp_path / "mirror", tmp_path / "cache") == cached
    assert fetch(FILE, None, tmp_path / "cache") == cached
    assert network.asked == []


def test_then_the_network_once(
    tmp_path: Path, network: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    path = fetch(FILE, cache=tmp_path / "new" / "cache")
    assert path == tmp_path / "new" / "cache" / "downloads" / "example.org/a/b/file.txt"
    assert path.read_bytes() == CONTENT
    assert path.stat().st_mode & 0o777 == 0o644
    assert fetch(FILE, cache=tmp_path / "new" / "cache") == path
    assert network.asked == [URL]
    assert list(path.parent.iterdir()) == [path]
    assert capsys.readouterr() == ("", "")


def test_the_environment_names_mirror_and_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    cached = put(tmp_path / "cache" / "downloads")
    assert fetch(FILE) == cached
    mirrored = put(tmp_path / "mirror")
    monkeypatch.setenv("HARNESS_MIRROR", str(tmp_path / "mirror"))
    assert fetch(FILE) == mirrored
    assert mirror_folder(tmp_path / "cache") == tmp_path / "cache"  # the argument goes first
    assert cache_folder(tmp_path) == tmp_path
    monkeypatch.delenv("HARNESS_CACHE")
    assert "harness" in cache_folder().parts


def test_a_mirror_that_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the mirror is no folder"):
        fetch(FILE, tmp_path / "absent", tmp_path)


@pytest.mark.reliability
@pytest.mark.parametrize("where", ["mirror", "cache/downloads"])
@pytest.mark.parametrize("content", [b"", b"x" * len(CONTENT), CONTENT + b"\n"])
def test_a_wrong_copy_is_refused_each_time(
    tmp_path: Path, where: str, content: bytes, network: Network
) -> None:
    (tmp_path / "mirror").mkdir()
    path = put(tmp_path / where, content)
    for _ in range(2):
        with pytest.raises(InputError, match="this is not the file that") as caught:
            fetch(FILE, tmp_path / "mirror", tmp_path / "cache")
        error = caught.value
        assert error.file == str(path)
        assert hashlib.sha256(content).hexdigest() in str(error.found)
        assert FILE.sha256 in str(error.expected)
        assert ("mirror" if where == "mirror" else "delete") in str(error.remedy)
    assert network.asked == []


@pytest.mark.reliability
def test_a_wrong_download_is_not_kept(tmp_path: Path, network: Network) -> None:
    for content, message in (
        (b"x" * len(CONTENT), "this is not the file that"),
        (CONTENT[:-1], "this is not the file that"),
        (CONTENT * 2, "is larger than it should be"),
    ):
        network.content = content
        with pytest.raises(InputError, match=message):
            fetch(FILE, cache=tmp_path)
        assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_an_answer_that_is_an_error(tmp_path: Path, network: Network) -> None:
    network.status = 404
    with pytest.raises(InputError, match=f"{URL} cannot be fetched") as caught:
        fetch(FILE, cache=tmp_path)
    assert caught.value.found == "the answer 404"
    assert "HARNESS_MIRROR" in str(caught.value.remedy)
    assert "DIR/example.org/a/b/file.txt" in str(caught.value.remedy)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_without_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    nobody = RemoteFile("https://127.0.0.1/file", 1, "0" * 64)  # nothing answers there
    with pytest.raises(InputError, match="cannot be fetched") as caught:
        fetch(nobody, cache=tmp_path)
    assert caught.value.found == "ConnectionError"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.mark.reliability
def test_a_cache_that_cannot_be_written(tmp_path: Path, network: Network) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="the cache cannot be written") as caught:
        fetch(FILE, cache=tmp_path / "file")
    assert "cache=DIR" in str(caught.value.remedy)
    assert network.asked == []


def test_the_progress_counts_every_chunk(
    tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []

    class Shown:
        def __enter__(self) -> Shown:
            return self

        def __exit__(self, *_: object) -> None:
            steps.append(-1)

        def advance(self, n: int = 1) -> None:
            steps.append(n)

    monkeypatch.setattr(downloads, "bar", lambda *_: Shown())
    fetch(FILE, cache=tmp_path)
    assert steps == [0, 2**16, 2**16, 140_000 - 2**17, -1]


@pytest.mark.reliability
@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/file",
        "https://example.org",
        "https://example.org/",
        "https://example.org/a/../../etc/passwd",
        "https://example.org/./a",
        "https://example.org//a",
        "https://../a/b",
        "https://example.org/a?b=c",
        "https://user:secret@example.org/a",
        "file:///etc/passwd",
        "https://example.org/a b",
    ],
)
def test_urls_that_could_leave_the_folder_are_refused(url: str) -> None:
    with pytest.raises(InputError, match="this is no URL of a file"):
        RemoteFile(url, 1, "0" * 64)


def test_a_sha256_that_is_none() -> None:
    for digest in ("", "0" * 63, "G" * 64, "A" * 64):
        with pytest.raises(InputError, match="the sha256 of"):
            RemoteFile(URL, 1, digest)


# -- downloads that break off --------------------------------------------------------------------


class Server:
    """A server on this machine that answers for https://example.org, with or without ranges, and
    breaks off after ``limit`` bytes of an answer."""

    def __init__(self, ranges: bool) -> None:
        self.ranges = ranges
        self.content = CONTENT
        self.limit: int | None = None
        self.asked: list[tuple[str | None, str | None]] = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                wanted = self.headers["Range"]
                server.asked.append((self.path, wanted))
                start = int(wanted[6:-1]) if wanted and server.ranges else 0
                if start >= len(server.content):
                    self.send_error(416)
                    return
                body = server.content[start:]
                self.send_response(206 if start else 200)
                if start:
                    last = len(server.content) - 1
                    self.send_header("Content-Range", f"bytes {start}-{last}/{last + 1}")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: server.limit])

            def log_message(self, *_: object) -> None:
                return None

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture(params=[True, False], ids=["ranges", "no ranges"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    result = Server(request.param)
    ask = requests.get
    here = f"http://127.0.0.1:{result.http.server_port}"

    def get(url: str, **options: Any) -> requests.Response:
        return ask(url.replace("https://example.org", here), **options)

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(requests, "get", get)
    yield result
    result.close()


def kept(cache: Path) -> list[tuple[str, int]]:
    """The files of the cache: name and size."""
    return [(p.name, p.stat().st_size) for p in cache.rglob("*") if p.is_file()]


PART = f"file.txt.{FILE.sha256[:16]}.part"


def test_a_download_goes_on_where_it_broke_off(tmp_path: Path, server: Server) -> None:
    server.limit = 2**16 + 5  # of which the whole chunks arrive
    with pytest.raises(InputError, match="cannot be fetched") as caught:
        fetch(FILE, cache=tmp_path)
    assert "65,536 of 140,000 bytes are kept" in str(caught.value.found)
    assert kept(tmp_path) == [(PART, 2**16)]
    with pytest.raises(InputError, match="cannot be fetched"):
        fetch(FILE, cache=tmp_path)
    size = 2**17 if server.ranges else 2**16
    assert kept(tmp_path) == [(PART, size)]
    server.limit = None
    path = fetch(FILE, cache=tmp_path)
    assert path.read_bytes() == CONTENT
    assert path.stat().st_mode & 0o777 == 0o644
    assert kept(tmp_path) == [("file.txt", len(CONTENT))]
    assert [wanted for _, wanted in server.asked] == [None, "bytes=65536-", f"bytes={size}-"]


def test_a_beginning_of_another_file_is_thrown_away(tmp_path: Path, server: Server) -> None:
    put(tmp_path / "downloads").rename(tmp_path / "downloads" / "example.org" / "a" / "b" / PART)
    part = next(tmp_path.rglob(PART))
    for content in (b"x" * 1000, b"x" * len(CONTENT), b"x" * (len(CONTENT) + 1), b""):
        part.write_bytes(content)
        path = fetch(FILE, cache=tmp_path)
        assert path.read_bytes() == CONTENT
        assert kept(tmp_path) == [("file.txt", len(CONTENT))]
        path.unlink()


def test_a_file_that_became_shorter_is_refused(tmp_path: Path, server: Server) -> None:
    server.limit = 100_000
    with pytest.raises(InputError, match="cannot be fetched"):
        fetch(FILE, cache=tmp_path)
    server.content, server.limit = CONTENT[:50_000], None
    with pytest.raises(InputError, match="this is not the file that"):
        fetch(FILE, cache=tmp_path)
    assert kept(tmp_path) == []
    if server.ranges:  # 416, and then from the beginning
        assert [wanted for _, wanted in server.asked] == [None, "bytes=65536-", None]


def test_an_interrupted_download_is_kept(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: RemoteFile, done: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(downloads, "_check_size", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fetch(FILE, cache=tmp_path)
    assert kept(tmp_path) == [(PART, 2**16)]
    assert fetch(FILE, cache=tmp_path).read_bytes() == CONTENT


def test_an_error_leaves_what_is_kept(tmp_path: Path, server: Server, network: Network) -> None:
    put(tmp_path / "downloads").rename(tmp_path / "downloads" / "example.org" / "a" / "b" / PART)
    next(tmp_path.rglob(PART)).write_bytes(CONTENT[:7])
    network.status = 503
    with pytest.raises(InputError, match="cannot be fetched") as caught:
        fetch(FILE, cache=tmp_path)
    assert str(caught.value.found).startswith("the answer 503; 7 of 140,000 bytes are kept")
    assert kept(tmp_path) == [(PART, 7)]
