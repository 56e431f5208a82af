"""The build's two things that pyproject.toml cannot say.

The folders conf/ and datasets/ travel inside the package as harness/_data/, and the C extension is
optional: without a compiler it is left out, with a note, and the equal Python code serves.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import Extension, find_namespace_packages, setup

#: Files that are no Python and travel with the packages.
FILES = ("yaml", "jsonl", "tsv", "csv", "css", "js", "j2", "html", "txt")
DATA = {f"harness._data.{name}": name for name in ("conf", "datasets")}


def folders(package: str, folder: str) -> dict[str, str]:
    """The package of ``folder`` and of every folder below it."""
    found = {package: folder}
    for path in sorted(Path(folder).rglob("*")):
        if path.is_dir() and path.name != "__pycache__":
            found[".".join([package, *path.relative_to(folder).parts])] = path.as_posix()
    return found


data = {
    package: path
    for name, folder in DATA.items()
    for package, path in folders(name, folder).items()
}
setup(
    packages=[*find_namespace_packages(include=["harness", "harness.*"]), *data],
    package_dir=data,
    package_data={"": [*(f"*.{end}" for end in FILES), "py.typed"]},
    ext_modules=[
        Extension(
            "harness._kernels._native",
            sources=sorted(str(path) for path in Path("harness/_kernels").glob("*.c")),
            depends=sorted(str(path) for path in Path("harness/_kernels").glob("*.h")),
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            extra_compile_args=["-O3", "-ffp-contract=off"],
            py_limited_api=True,
            optional=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
