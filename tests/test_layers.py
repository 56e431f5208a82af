"""The straight line: a package imports only packages that stand above it in this order."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import harness

ROOT = Path(__file__).resolve().parent.parent / "harness"

#: The line from config to report. Packages of one entry do not import each other.
ORDER: list[set[str]] = [
    {"errors"},
    {"_kernels", "support"},
    {"config", "tables"},
    {"test_sets"},
    {"metrics"},
    {"scoring"},
    {"statistics"},
    {"significance"},
    {"ratings"},
    {"injection", "meta_evaluation", "system_comparison"},
    {"error_categories", "evidence", "minimal_pairs"},
    {"claims"},
    {"plots"},
    {"report"},
    {"runs"},
    {"sweep"},
    {"gate"},
    {"api"},
    {"commands"},
    {"__main__"},
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}


def top(module: str) -> str:
    return module.split(".")[1] if module.count(".") else "__init__"


def is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


def imports(file: Path) -> list[tuple[int, str]]:
    """Every import of the package in ``file``, also inside functions: line, top-level name. What
    only ``python -m`` runs is left out: there the module is the program, and nobody imports it."""
    found = []
    tree = ast.parse(file.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not is_main(node)]
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            names = [str(node.module)]
            if node.module == "harness":  # the version, or a public name, which has its module
                taken = [a.name for a in node.names if a.name != "__version__"]
                names = [harness._PUBLIC.get(name, f"harness.{name}") for name in taken]
        found += [(node.lineno, top(n)) for n in names if n.split(".")[0] == "harness"]
    return found


FILES = sorted(p for p in ROOT.rglob("*.py") if p != ROOT / "__init__.py")


def test_every_module_has_its_place() -> None:
    names = {p.relative_to(ROOT).parts[0].removesuffix(".py") for p in FILES}
    assert names == set(RANK)


@pytest.mark.parametrize("file", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(file: Path) -> None:
    own = file.relative_to(ROOT).parts[0].removesuffix(".py")
    for line, name in imports(file):
        assert name == own or RANK[name] < RANK[own], f"{file.name}:{line} imports {name}"


def heavy(code: str) -> list[str]:
    """The heavy packages that a new process has imported when it is done with ``code``."""
    names = ("pandas", "matplotlib", "scipy", "sacrebleu")
    code += f"; import sys; print(*[m for m in {names} if m in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stderr.split()


@pytest.mark.parametrize("modules", ["harness, harness.commands.main", "harness.sweep.driver"])
def test_heavy_packages_are_imported_when_used(modules: str) -> None:
    assert heavy(f"import {modules}") == []


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["store", "--help"], ["list", "metrics"], ["score", "--help"]],
    ids=" ".join,
)
def test_a_command_imports_only_what_it_needs(arguments: list[str]) -> None:
    assert heavy(f"from harness.commands.main import main; main({arguments})") == []


def test_the_store_needs_no_tables_and_no_plots(tmp_path: Path) -> None:
    arguments = ["store", "info", "--cache", str(tmp_path)]
    found = heavy(f"from harness.commands.main import main; main({arguments})")
    assert not {"pandas", "matplotlib"} & set(found)
