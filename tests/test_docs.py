"""The documents tell the truth: commands run, links lead somewhere, the reference is current."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from harness.injection import Passage
from harness.metrics import Batch
from tests.conftest import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def code_blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", path.read_text("utf-8"), re.M | re.S)


def test_ci_runs_the_readmes_test_command() -> None:
    commands = [
        line for block in code_blocks(ROOT / "README.md", "sh") for line in block.split("\n")
    ]
    tests = [c for c in commands if c.endswith("pytest -n auto")]
    assert len(tests) == 1
    assert tests[0] in (ROOT / ".ci" / "run").read_text("utf-8").split("\n")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_named_files_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    for name in re.findall(r"`((?:harness|tests|conf|docs|scripts|datasets)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), name


def test_reference_is_current() -> None:
    spec = importlib.util.spec_from_file_location(
        "write_reference", ROOT / "scripts" / "write_reference.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "reference.md").read_text("utf-8") == module.reference()


def test_design_names_every_module() -> None:
    text = (ROOT / "docs" / "design.md").read_text("utf-8")
    for path in (ROOT / "harness").iterdir():
        if path.name.startswith("__") or path.name == "_data":
            continue
        name = path.name if path.is_file() else f"{path.name}/"
        if name.endswith((".py", "/")):
            assert f"`{name}`" in text, name


def example(base: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module of the one example in extending.md whose class has ``base`` in its head."""
    (code,) = [b for b in code_blocks(ROOT / "docs" / "extending.md", "python") if base in b]
    module = ModuleType("example")
    monkeypatch.setitem(sys.modules, "example", module)
    exec(compile(code, "extending.md", "exec"), module.__dict__)
    return module


def test_the_example_injector_works(monkeypatch: pytest.MonkeyPatch) -> None:
    injector = example("(Injector)", monkeypatch).ZeroPercent()
    injected = injector.inject(Passage("1", "下降8.6%", "It fell by 8.6%."))
    assert injected.hypothesis == "It fell by 0%."
    assert injector.inject(Passage("1", "下降", "It fell by 8.6%.")) is None


def test_the_example_metric_works(monkeypatch: pytest.MonkeyPatch) -> None:
    module = example("(Metric)", monkeypatch)
    metric = module.WordOverlap()
    result = metric.score(Batch(["x"], ["The cat sat"], (["the cat slept"], ["a dog"])))
    assert result.scores == pytest.approx(np.array([2 / 3]))
    assert metric.aggregate(result) == pytest.approx(2 / 3)


def test_nothing_names_a_registry_or_a_path_of_a_machine() -> None:
    for path in [*DOCUMENTS, ROOT / "constraints.txt", ROOT / "pyproject.toml"]:
        text = path.read_text("utf-8")
        assert "://" not in text.replace("https://arxiv", "") or path.suffix == ".md", path
        for word in ("/home/", "/tmp/", "/root/", "index-url", "files.pythonhosted"):
            assert word not in text, (path, word)
