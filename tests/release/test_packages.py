"""The wheel and the sdist hold all that the program needs, away from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

import harness
from harness.tables.run_folder import SCHEMA

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_stated_once() -> None:
    """CITATION.cff has no way to take it from the program, so it is held to it."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == harness.__version__
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"\n## {harness.__version__} " in changelog


def done(command: list[str | Path], folder: Path, **environment: str) -> str:
    """The output of ``command`` in ``folder``."""
    own = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "HARNESS_MIRROR")}
    found = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**own, **environment},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the files that git knows, so that building leaves nothing behind."""
    copy = tmp_path_factory.mktemp("checkout")
    listed = done(["git", "ls-files", "-co", "--exclude-standard"], ROOT)
    for name in listed.split("\n"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    return copy


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with the setuptools that pyproject.toml asks for; skips where there is none."""
    folder = tmp_path_factory.mktemp("backend")
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder]
    found = subprocess.run([*install, *requires["requires"]], capture_output=True, text=True)
    if found.returncode != 0:
        pytest.skip(f"needs {requires['requires']} to build: {found.stderr}")
    return str(folder)


@pytest.fixture(scope="module")
def sdist(checkout: Path, backend: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    build = "from setuptools import build_meta; import sys; build_meta.build_sdist(sys.argv[1])"
    done([sys.executable, "-c", build, folder], checkout, PYTHONPATH=backend)
    (archive,) = folder.glob("*.tar.gz")
    return archive


def wheel_of(source: Path, folder: Path, backend: str) -> Path:
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", folder]
    done([sys.executable, "-m", "pip", "wheel", source, *options], folder, PYTHONPATH=backend)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.mark.slow
def test_the_wheel_runs_alone(sdist: Path, backend: str, tmp_path: Path) -> None:
    """Made from the sdist, so it shows that the sdist is whole too. Its packages come from this
    environment; harness itself must come from the wheel."""
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    assert (source / "CITATION.cff").is_file()
    (tmp_path / "wheel").mkdir()
    wheel = wheel_of(source, tmp_path / "wheel", backend)
    assert "harness/py.typed" in zipfile.ZipFile(wheel).namelist()
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    site = Path(done([python, "-c", "import site; print(site.getsitepackages()[0])"], tmp_path))
    site = Path(str(site).strip())
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--quiet", "--no-index"]
    done([*install, "--prefix", tmp_path / "venv", wheel], tmp_path)
    others = [p for p in sys.path if p.endswith("site-packages")] + [sysconfig.get_path("purelib")]
    (site / "others.pth").write_text("\n".join(dict.fromkeys(others)) + "\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    place = done([python, "-c", "import harness; print(harness.__file__)"], empty).strip()
    assert Path(place).is_relative_to(tmp_path / "venv")
    program = tmp_path / "venv" / "bin" / "harness"
    assert harness.__version__ in done([program, "--version"], empty)
    assert "bleu" in done([program, "list", "metrics"], empty)
    cache = str(tmp_path / "cache")
    done([program, "plots=none", "output=out"], empty, HARNESS_CACHE=cache)
    record = json.loads((empty / "out" / "run.json").read_text("utf-8"))
    assert record["schema"] == SCHEMA and record["versions"]["harness"] == harness.__version__
    assert (empty / "out" / "report.html").is_file()
    options = ["--harness-gate", "out", "--harness-baseline", "out", "--collect-only"]
    told = subprocess.run(  # the plug-in is found by its entry point
        [python, "-m", "pytest", "-p", "no:cacheprovider", *options],
        cwd=empty,
        capture_output=True,
        text=True,
    )
    assert "unrecognized arguments" not in told.stderr and told.returncode == 5, told
