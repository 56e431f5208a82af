"""``harness plot RUN NAME``: a plot again, from the tables of a run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from harness.commands.output import print_lines
from harness.errors import InputError

__all__ = ["arguments", "execute"]

#: The kinds of files, and dots per inch of a PNG unless told otherwise.
FORMATS = ("pdf", "svg", "png")
LEAST, MOST = 30, 1200


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", type=Path, help="the folder of a run")
    parser.add_argument("name", metavar="NAME", help="a plot: see harness list plots")
    parser.add_argument(
        "parameters",
        metavar="KEY=VALUE",
        nargs="*",
        help="a parameter of the plot, such as view=category: see harness describe NAME",
    )
    parser.add_argument(
        "--format", choices=FORMATS, help="default: the ending of --output, else pdf"
    )
    parser.add_argument("--dpi", type=int, default=150, help="dots per inch of a PNG; default: 150")
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="default: NAME.FORMAT in this folder"
    )


def execute(options: argparse.Namespace) -> int:
    parameters = dict(map(_parameter, options.parameters))
    if not LEAST <= options.dpi <= MOST:
        raise InputError(
            "the value of --dpi is out of range",
            found=str(options.dpi),
            expected=f"{LEAST} to {MOST}",
        )
    from harness.api.runs import open_run
    from harness.plots.style import write

    file = _file(options)
    figure = open_run(options.run).plot(options.name, **parameters)
    try:
        write(figure, file, dpi=options.dpi)
    except OSError as error:
        raise InputError("the plot cannot be written", file=file, found=error.strerror) from error
    print_lines(f"plot: {file}")
    return 0


def _file(options: argparse.Namespace) -> Path:
    """Where the plot goes; the ending of ``--output`` must be that of the format."""
    if options.output is None:
        return Path(f"{options.name}.{options.format or FORMATS[0]}")
    file: Path = options.output
    wanted = FORMATS if options.format is None else (options.format,)
    if file.suffix[1:] not in wanted:
        raise InputError(
            "the ending of --output is not that of the format",
            found=str(file),
            expected=" or ".join(f".{kind}" for kind in wanted),
            remedy=f"for example --output {file.with_suffix(f'.{wanted[0]}')}",
        )
    return file


def _parameter(text: str) -> tuple[str, Any]:
    """``view=category`` as a name and a value, which is read as YAML."""
    import yaml

    key, equals, value = text.partition("=")
    if not (equals and key.isidentifier()):
        raise InputError(
            "a parameter of the plot is not KEY=VALUE",
            found=text,
            remedy="for example view=category",
        )
    try:
        return key, yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise InputError(
            f"the value of {key} cannot be read", found=value, remedy=f"quote it: '{key}=\"…\"'"
        ) from error
