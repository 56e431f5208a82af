"""Where a model lies: a folder, or a name of the model hub that was downloaded before.

harness never downloads a model by itself: many are large, and some have licences that a person must
accept. A name is looked up in the hub's cache on this machine, without a network.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError

__all__ = ["KNOWN", "Known", "model_folder", "short_name"]

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")


@dataclass(frozen=True)
class Known:
    """A published model: its size in GB, its licence as its authors state it, and whether they ask
    for its acceptance before the download."""

    gigabytes: float
    licence: str
    gated: bool = False

    def __str__(self) -> str:
        first = ", to be accepted on the model's page first" if self.gated else ""
        return f"about {self.gigabytes:g} GB, licence {self.licence}{first}"


_SHARED = "CC BY-NC-SA 4.0 (not for commercial use)"
#: Hub name -> what is known of it. Sizes are rounded; the model's page has the last word.
KNOWN = {
    "FacebookAI/xlm-roberta-large": Known(2.2, "MIT"),
    "FacebookAI/roberta-large": Known(1.4, "MIT"),
    "microsoft/infoxlm-large": Known(2.2, "MIT"),
    "facebook/xlm-roberta-xl": Known(14, "MIT"),
    "facebook/xlm-roberta-xxl": Known(43, "MIT"),
    "Unbabel/wmt22-comet-da": Known(2.3, "Apache-2.0"),
    "Unbabel/wmt22-cometkiwi-da": Known(2.3, _SHARED, gated=True),
    "Unbabel/wmt23-cometkiwi-da-xl": Known(14, _SHARED, gated=True),
    "Unbabel/wmt23-cometkiwi-da-xxl": Known(43, _SHARED, gated=True),
    "Unbabel/unite-mup": Known(2.3, "Apache-2.0"),
    "Unbabel/XCOMET-XL": Known(14, _SHARED, gated=True),
    "Unbabel/XCOMET-XXL": Known(43, _SHARED, gated=True),
    "google/metricx-23-large-v2p0": Known(5, "Apache-2.0"),
    "google/metricx-23-xl-v2p0": Known(15, "Apache-2.0"),
    "google/metricx-23-xxl-v2p0": Known(52, "Apache-2.0"),
    "google/metricx-24-hybrid-large-v2p6": Known(5, "Apache-2.0"),
    "google/metricx-24-hybrid-xl-v2p6": Known(15, "Apache-2.0"),
    "google/metricx-24-hybrid-xxl-v2p6": Known(52, "Apache-2.0"),
    "google/mt5-xl": Known(
        0.005, "Apache-2.0 (only the tokenizer: spiece.model and its json files)"
    ),
}
_FULL = {name.rpartition("/")[2]: name for name in KNOWN}


def short_name(model: str) -> str:
    """The last part of a hub name or of a folder's path."""
    return Path(model).name


def model_folder(model: str, parameter: str = "model") -> Path:
    """The folder of a model, given as a folder or as a name of the hub.

    Parameters
    ----------
    parameter
        The metric's parameter, for messages.

    Raises
    ------
    InputError
        There is no such folder, and no model of that name on this machine.
    """
    if not model:
        raise InputError(
            f"the metric has no {parameter}",
            expected=f"{parameter}=FOLDER, or the name of a model of the hub",
            remedy="docs/neural.md lists published models",
        )
    path = Path(model).expanduser()
    if path.is_dir():
        return path
    if path.exists():
        raise InputError(
            f"the {parameter} is a file", file=path, expected="the folder that holds the model"
        )
    if not _NAME.fullmatch(model):
        raise InputError("there is no such folder", file=path, remedy=f"check {parameter}=")
    name = model if "/" in model else _FULL.get(model, model)
    for candidate in dict.fromkeys((name, model)):
        folder = _downloaded(candidate)
        if folder is not None:
            return folder
    known = KNOWN.get(name)
    raise InputError(
        f"the model {model!r} is not on this machine, and harness downloads none",
        found=f"neither a folder of that name, nor {_cache() / _entry(name)}",
        expected=f"{name}: {known}" if known else f"{name}: see its page for size and licence",
        remedy=f"on a machine with a network: hf download {name} --local-dir FOLDER; copy the"
        f" folder here if need be, and set {parameter}=FOLDER",
    )


def _downloaded(name: str) -> Path | None:
    """The folder of a model in the hub's cache."""
    entry = _cache() / _entry(name)
    try:
        revision = (entry / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    folder = entry / "snapshots" / revision
    return folder if folder.is_dir() else None


def _entry(name: str) -> str:
    return "models--" + name.replace("/", "--")


def _cache() -> Path:
    """The hub's cache, where its own variables say it is."""
    for variable in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if os.environ.get(variable):
            return Path(os.environ[variable]).expanduser()
    home = os.environ.get("HF_HOME")
    if home:
        return Path(home).expanduser() / "hub"
    base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(base) / "huggingface" / "hub"
