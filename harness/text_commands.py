"""What the commands for plain text files share: choosing metrics, and how they end.

A command's exit codes: 0 done; 2 bad input; 70 a defect of the program.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from harness.errors import InputError
from harness.hydra_versions import composed
from harness.overrides import prepare, quoted
from harness.resources import resource_folder

if TYPE_CHECKING:
    from harness.metrics import Metric

__all__ = ["add_metric_options", "chosen_metrics", "exit_code", "run_process", "written_whole"]

DONE, BAD_INPUT, DEFECT = 0, 2, 70


def add_metric_options(parser: argparse.ArgumentParser, default: str) -> None:
    """Let ``parser`` take what :func:`chosen_metrics` reads."""
    parser.add_argument(
        "--metrics",
        default=default,
        metavar="NAMES",
        help="options of the group metrics, with commas (default: %(default)s)",
    )
    parser.add_argument(
        "overrides",
        nargs="*",
        metavar="OVERRIDE",
        help="a metric's parameter: metrics.bleu.tokenize=zh",
    )
    parser.add_argument(
        "--config-dir", type=Path, metavar="DIR", help="a folder of your own configs"
    )


def chosen_metrics(
    options: argparse.Namespace, *, has_source: bool, has_reference: bool
) -> dict[str, Metric]:
    """The metrics that the options name, with their parameters.

    Raises
    ------
    InputError
        A name is unknown or a parameter refused; a metric needs a text that is not given.
    """
    for override in options.overrides:
        if not override.lstrip("+").startswith("metrics."):
            raise InputError(
                f"{override!r} is no parameter of a metric",
                expected="metrics.NAME.PARAMETER=VALUE",
                remedy="files are given by the options; see --help",
            )
    conf = resource_folder("conf")
    own = ["--config-dir", str(options.config_dir)] if options.config_dir is not None else []
    arguments = [*own, f"metrics=[{options.metrics}]", *options.overrides]
    overrides = prepare(arguments, conf)[len(own) :]
    if options.config_dir is not None:
        overrides.append(f"hydra.searchpath=[{quoted(f'file://{options.config_dir.resolve()}')}]")
    config = composed(overrides, conf, "texts")

    from harness.metrics import Metric
    from harness.plugins import build_all

    metrics = build_all(config.metrics)
    for key, metric in metrics.items():
        if not isinstance(metric, Metric):
            raise InputError(f"the config of {key!r} describes no metric", found=repr(metric))
        if metric.needs_source and not has_source:
            raise InputError(f"the metric {key!r} reads the source", remedy="give it: -s FILE")
        if metric.needs_reference and not has_reference:
            raise InputError(f"the metric {key!r} needs a reference", remedy="give one: -r FILE")
    if not metrics:
        raise InputError("no metric is selected", remedy="choose some: --metrics bleu,chrf")
    return metrics


def exit_code(name: str, options: argparse.Namespace, work: Callable[[], None]) -> int:
    """Do the work of the command ``name``; bad input is told, in one message."""
    try:
        work()
    except (InputError, HydraException, OmegaConfBaseException, YAMLError, UnicodeError) as error:
        from harness.application import as_input_error

        told = as_input_error(error, resource_folder("conf"), options.config_dir).render()
        print(f"{name}: {told}", file=sys.stderr)  # noqa: T201
        return BAD_INPUT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


@contextmanager
def written_whole(path: Path) -> Iterator[TextIO]:
    """A text file that takes the place of ``path`` when it is whole; nothing is left otherwise.

    Raises
    ------
    InputError
        The file cannot be written, or what is there is no file.
    """
    if path.exists() and not path.is_file():
        raise InputError("this is no file that can be replaced", file=path, remedy="name a file")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                yield stream
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
            Path(name).replace(path)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise InputError(
            "the file cannot be written",
            file=path,
            found=error.strerror,
            remedy="choose another file",
        ) from error


def run_process(name: str, main: Callable[[Sequence[str] | None], int]) -> None:
    """End the process with the exit code of ``main``, whatever happens."""
    try:
        code = main(None)
    except KeyboardInterrupt:
        code = 130
    except SystemExit:
        raise
    except Exception:
        import traceback

        traceback.print_exc()
        print(f"{name}: a defect of the program; please report it", file=sys.stderr)  # noqa: T201
        code = DEFECT
    sys.exit(code)
