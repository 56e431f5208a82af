"""Configs as the command line makes them."""

from __future__ import annotations

import hydra
from hydra.core.global_hydra import GlobalHydra
from omegaconf import DictConfig

from harness.config.compose import VERSION
from harness.support.resources import resource_folder

CONF = resource_folder("conf")


def compose(*overrides: str) -> DictConfig:
    GlobalHydra.instance().clear()
    with hydra.initialize_config_dir(str(CONF), **VERSION):
        return hydra.compose("config", overrides=list(overrides))
