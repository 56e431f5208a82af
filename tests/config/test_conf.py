"""Every shipped config composes, and every object it describes can be built."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import hydra
import pytest
from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf

from harness.config.compose import VERSION
from harness.config.groups import group_options
from harness.config.objects import build, build_all
from harness.errors import InputError
from harness.metrics import Metric
from harness.metrics.groups import MetricGroup
from harness.runs.pipeline import run
from harness.runs.setup import set_up
from tests.support.configs import CONF, compose

GROUPS = group_options([CONF])
LISTS = ("metrics", "sentinels", "views", "plots", "injectors", "claims")
#: Options that stand for many, and how many; each of those has its own name.
BUNDLES = {("injectors", "all"): 50}
SINGLE = [(g, o) for g, options in GROUPS.items() if g not in LISTS for o in options]
#: Groups of many files, which take long to compose.
SHORT = tuple(f"{group}=none" for group in ("plots", "injectors", "claims"))


def own_options(group: str) -> list[str]:
    """The options of a group that stand for themselves."""
    return [o for o in GROUPS[group] if o != "none" and (group, o) not in BUNDLES]


@pytest.mark.parametrize(("group", "option"), SINGLE, ids=lambda x: str(x))
def test_option_composes_and_builds(group: str, option: str) -> None:
    added = "+" if group == "published_tests" else ""  # statistics=wmt23 and others bring it
    short = () if group == "experiment" else SHORT
    config = compose(f"{added}{group}={option}", *short)
    assert set(build_all(config.statistics)) == set(config.statistics)
    assert build(config.weights).name == config.weights.name
    assert build(config.resampling).samples == config.resampling.samples


@pytest.mark.parametrize("option", GROUPS["statistics"])
def test_a_run_can_be_set_up_with_every_preset_of_statistics(option: str) -> None:
    setup = set_up(compose(f"statistics={option}", *SHORT))
    assert set(setup.statistics) == set(setup.config.statistics)


@pytest.mark.parametrize("group", LISTS)
def test_options_of_a_list_compose_and_build(group: str) -> None:
    names = own_options(group)
    short = [s for s in SHORT if not s.startswith(f"{group}=")]
    config = compose(f"{group}=[{','.join(names)}]", *short)
    assert list(config[group]) == names
    assert set(build_all(config[group])) == set(names)


def test_lists_may_be_empty() -> None:
    lists = [group for group in LISTS if "none" in GROUPS[group]]
    config = compose(*(f"{group}=none" for group in lists))
    assert all(list(config[group]) == [] for group in lists)


@pytest.mark.parametrize(("group", "option"), BUNDLES, ids=lambda x: str(x))
def test_bundles_compose_and_build(group: str, option: str) -> None:
    config = compose(f"{group}={option}")
    assert len(config[group]) == BUNDLES[group, option]
    assert set(build_all(config[group])) == set(config[group])


@pytest.mark.parametrize(("preset", "gres"), [("slurm_cpu", None), ("slurm_gpu", "gpu:1")])
def test_presets_of_launchers_compose(preset: str, gres: str | None) -> None:
    pytest.importorskip("hydra_plugins.hydra_submitit_launcher", reason="needs harness[slurm]")
    GlobalHydra.instance().clear()
    overrides = [f"hydra/launcher={preset}", "hydra.launcher.mem_gb=3", "hydra.sweep.dir=x"]
    with hydra.initialize_config_dir(str(CONF), **VERSION):
        config = hydra.compose("config", overrides=overrides, return_hydra_config=True)
    launcher = config.hydra.launcher
    assert launcher._target_.endswith(".SlurmLauncher")
    assert (launcher.name, launcher.mem_gb, launcher.gres) == ("harness", 3, gres)
    assert launcher.setup == ["export SRUN_CPUS_PER_TASK=$SLURM_CPUS_PER_TASK"]
    assert launcher.submitit_folder == "x/.submitit/%j"


def test_every_option_starts_with_a_comment_that_says_what_it_is() -> None:
    for file in CONF.rglob("*.yaml"):
        first = file.read_text(encoding="utf-8").split("\n")
        comments = [line for line in first[:2] if line.startswith("# ") and "@package" not in line]
        assert comments, file


def test_names_in_a_group_nest_under_their_own_name() -> None:
    for group in LISTS:
        for file in (CONF / group).glob("*.yaml"):
            content = OmegaConf.load(file)
            if (group, file.stem) in BUNDLES:
                assert file.stem not in content
                continue
            assert list(content) == ([] if file.stem == "none" else [file.stem]), file


def test_metrics_of_the_contract_are_there() -> None:
    groups = group_options([CONF])
    assert {"bleu", "chrf", "chrfpp", "ter"} <= set(groups["metrics"])
    assert {"random", "length", "length_ratio", "copy_source"} <= set(groups["sentinels"])


def test_a_value_inside_an_option_can_be_overridden() -> None:
    config = compose("metrics=[bleu,chrf]", "metrics.bleu.tokenize=intl")
    assert build_all(config.metrics)["bleu"].tokenize == "intl"


def test_experiments_keep_the_command_line_last() -> None:
    config = compose("experiment=wmt23_string_metrics", "metrics=[ter]")
    assert list(config.metrics) == ["ter"]
    assert config.test_set.name == "wmt23_zhen_news"


def test_the_submitted_metrics_can_be_named_and_joined() -> None:
    names = "metrics.submitted.names=[XCOMET-XXL,COMET-22]"
    config = compose("metrics=[bleu,submitted]", names, "metrics.submitted.reference=refB")
    metrics = build_all(config.metrics, Metric, MetricGroup)
    assert list(metrics) == ["bleu", "submitted"]
    assert metrics["submitted"].names == ["XCOMET-XXL", "COMET-22"]
    assert metrics["submitted"].reference == "refB"
    assert metrics["bleu"].needs.stored is None


@pytest.mark.parametrize("group", ["submitted", "gemba", "mqm_ape", "stored"])
@pytest.mark.parametrize("names", ["COMET-22", "[]"])
def test_names_of_a_group_are_a_list(group: str, names: str) -> None:
    config = compose(f"metrics={group}", f"metrics.{group}.names={names}")
    with pytest.raises(InputError, match=f"metrics.{group}.names is no list of metrics"):
        build_all(config.metrics)


@pytest.mark.parametrize("value", ["null", "[mqm]", "''"])
def test_a_rating_is_one_name(value: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the config value rating names nothing"):
        run(
            compose(f"rating={value}"),
            tmp_path / "run",
            command=["harness"],
            started=datetime(2024, 1, 1),
        )
