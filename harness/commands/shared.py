"""What the commands beside ``harness`` itself share: options, configs, files, and how they end.

Exit codes: 0 done; 2 bad input; 70 a defect of the program.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from harness.config.overrides import prepare, quoted
from harness.config.versions import composed
from harness.errors import InputError
from harness.support.folders import whole_file
from harness.support.resources import resource_folder

if TYPE_CHECKING:
    from harness.metrics import Metric

__all__ = [
    "add_config_dir",
    "add_text_options",
    "chosen_metrics",
    "config_of",
    "exit_code",
    "run_process",
    "whole_text",
]

DONE, BAD_INPUT, DEFECT = 0, 2, 70


def add_config_dir(parser: argparse.ArgumentParser) -> None:
    """Let ``parser`` take a folder of the user's own configs."""
    parser.add_argument(
        "--config-dir", type=Path, metavar="DIR", help="a folder of your own configs"
    )


def add_text_options(parser: argparse.ArgumentParser, metrics: str) -> None:
    """Let ``parser`` take references, a source, and metrics (by default ``metrics``) with their
    parameters."""
    parser.add_argument(
        "-r",
        "--reference",
        action="append",
        default=[],
        metavar="FILE",
        help="reference; again for each further one",
    )
    parser.add_argument("-s", "--source", metavar="FILE", help="source, for metrics that read it")
    parser.add_argument(
        "--metrics",
        default=metrics,
        metavar="NAMES",
        help="options of the group metrics, with commas (default: %(default)s)",
    )
    parser.add_argument(
        "overrides",
        nargs="*",
        metavar="OVERRIDE",
        help="a metric's parameter: metrics.bleu.tokenize=zh",
    )
    add_config_dir(parser)


def config_of(
    overrides: Sequence[str],
    config_dir: Path | None,
    name: str = "config",
    check: Callable[[str], None] = lambda override: None,
) -> DictConfig:
    """The config ``name`` with ``overrides``, each of which ``check`` may refuse.

    Raises
    ------
    InputError
        An override cannot be read or names what does not exist.
    """
    conf = resource_folder("conf")
    own = ["--config-dir", str(config_dir)] if config_dir is not None else []
    prepared = prepare([*own, *overrides], conf)[len(own) :]
    for override in prepared:
        check(override)
    if config_dir is not None:
        prepared.append(f"hydra.searchpath=[{quoted(f'file://{config_dir.resolve()}')}]")
    return composed(prepared, conf, name)


def chosen_metrics(options: argparse.Namespace) -> dict[str, Metric]:
    """The metrics that the options name, with their parameters.

    Raises
    ------
    InputError
        A name is unknown or a parameter refused; a metric needs a text that is not given.
    """
    none = InputError("no metric is selected", remedy="choose some: --metrics bleu,chrf")
    if not options.metrics.strip():
        raise none
    for override in options.overrides:
        if not override.lstrip("+").startswith("metrics."):
            raise InputError(
                f"{override!r} is no parameter of a metric",
                expected="metrics.NAME.PARAMETER=VALUE",
                remedy="files are given by the options; see --help",
            )
    overrides = [f"metrics=[{options.metrics}]", *options.overrides]
    config = config_of(overrides, options.config_dir, "texts")

    from harness.config.objects import build_all
    from harness.metrics import Metric

    metrics = build_all(config.metrics)
    for key, metric in metrics.items():
        if not isinstance(metric, Metric):
            raise InputError(f"the config of {key!r} describes no metric", found=repr(metric))
        if metric.needs.source and options.source is None:
            raise InputError(f"the metric {key!r} reads the source", remedy="give it: -s FILE")
        if metric.needs.reference and not options.reference:
            raise InputError(f"the metric {key!r} needs a reference", remedy="give one: -r FILE")
    if not metrics:
        raise none
    return metrics


@contextmanager
def whole_text(path: Path, inputs: Sequence[str | None]) -> Iterator[TextIO]:
    """A text file that takes the place of ``path`` when it is whole; nothing is left otherwise.

    Raises
    ------
    InputError
        The file cannot be written, or is one of ``inputs``.
    """
    for given in inputs:
        if given is not None and Path(given).resolve() == path.resolve():
            raise InputError("the file to be written is one that is read", file=path)
    with (
        whole_file(path.resolve(), "the file", "choose another file") as partial,
        partial.open("w", encoding="utf-8", newline="\n") as stream,
    ):
        yield stream


def exit_code(name: str, options: argparse.Namespace, work: Callable[[], None]) -> int:
    """Do the work of the command ``name``; bad input is told, in one message."""
    try:
        work()
        sys.stdout.flush()
    except UnicodeEncodeError as error:
        return _told(
            name,
            InputError(
                f"the output's encoding, {error.encoding}, cannot show what is to be printed",
                remedy="set the environment variable PYTHONIOENCODING=utf-8",
            ),
        )
    except (InputError, HydraException, OmegaConfBaseException, YAMLError, UnicodeError) as error:
        from harness.commands.application import as_input_error

        return _told(name, as_input_error(error, resource_folder("conf"), options.config_dir))
    except BrokenPipeError:
        _close_output()
    except OSError as error:
        _close_output()
        return _told(name, InputError(f"the output cannot be written: {error.strerror}"))
    return DONE


def _told(name: str, error: InputError) -> int:
    print(f"{name}: {error.render()}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT


def _close_output() -> None:
    """Let what is still to be printed go nowhere: the process would fail on it at its very end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
