from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

from harness.config.groups import config_folders
from harness.config.overrides import prepare
from harness.errors import InputError

FOLDERS = config_folders()


def value(override: str) -> object:
    return OverridesParser.create().parse_override(override).value()


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([], []),
        (["metrics=bleu"], ["metrics=bleu"]),
        (["metrics=[bleu,chrf]"], ["metrics=[bleu,chrf]"]),
        (["metrics=bleu,chrf"], ["metrics=bleu,chrf"]),
        (["systems=all"], ["systems=all"]),
        (["systems=all,rated"], ["systems=all,rated"]),
        (["test_set.references.mine=a.txt"], ["++test_set.references.mine=a.txt"]),
        (["test_set.systems.mine=a.txt"], ["++test_set.systems.mine=a.txt"]),
        (["+metrics.bleu.extra=1"], ["+metrics.bleu.extra=1"]),
        (["hydra.verbose=true"], ["hydra.verbose=true"]),
    ],
)
def test_prepared(given: list[str], wanted: list[str]) -> None:
    assert prepare(given, FOLDERS, sweep=True) == wanted


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("systems=[GPT4-5shot,ONLINE-A]", ["GPT4-5shot", "ONLINE-A"]),
        ("systems=ONLINE-A", ["ONLINE-A"]),
        ("systems=['a b',\"c\"]", ["a b", "c"]),
    ],
)
def test_systems_by_name(given: str, names: list[str]) -> None:
    group, override = prepare([given], FOLDERS)
    assert group == "systems=named"
    assert override.startswith("systems.names=")
    assert value(override) == names


def test_a_sweep_over_lists_of_systems() -> None:
    group, override = prepare(["systems=[A,B],[C]"], FOLDERS, sweep=True)
    assert group == "systems=named"
    assert OverridesParser.create().parse_override(override).is_sweep_override()


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("metrics=[bleu,foo]", "there is no option of metrics 'foo'"),
        ("metrics=[bleu,chfr]", "did you mean 'chrf'"),
        ("metrics=bleu,chfr", "did you mean 'chrf'"),
        ("test_set=wmt23_zhen_new", "did you mean 'wmt23_zhen_news'"),
        ("experiment=wmt23_string_metric", "did you mean 'wmt23_string_metrics'"),
        ("weights=mqm_gogle", "did you mean 'mqm_google'"),
        ("metrics", "is no override"),
    ],
)
def test_misspelt_names_are_answered(override: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        prepare([override], FOLDERS)


def test_options_of_a_users_folder_count(tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "mine.yaml").write_text("mine: {}\n")
    arguments = ["metrics=[bleu,mine]"]
    assert prepare(arguments, config_folders(tmp_path)) == arguments
    with pytest.raises(InputError, match="--config-dir does not exist"):
        config_folders(tmp_path / "no")


@given(st.text(min_size=1, max_size=25).filter(lambda t: "\n" not in t and "\r" not in t))
def test_any_path_arrives_as_it_was_typed(path: str) -> None:
    """What Hydra's grammar cannot read is quoted; what it can read stays Hydra's."""
    try:
        literal = OverridesParser.create().parse_override(f"test_set.source={path}")
        if isinstance(literal.value(), bool | int | float):
            raise ValueError("a file's name is text")
    except Exception:
        (prepared,) = prepare([f"test_set.source={path}"], FOLDERS, sweep=True)
        assert value(prepared) == path
    else:
        assert prepare([f"test_set.source={path}"], FOLDERS, sweep=True) == [
            f"test_set.source={path}"
        ]
        assert literal.key_or_group == "test_set.source"


def test_a_mapping_of_labels_needs_no_plus() -> None:
    (prepared,) = prepare(["test_set.labels={Style/Akward: other}"], FOLDERS)
    assert prepared.startswith("+test_set.labels=")
    assert value(prepared) == {"Style/Akward": "other"}


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("test_set.references.=a.txt", "the name in 'test_set.references.' is empty"),
        ("test_set.labels={a b, c}", "cannot be read"),
        ("resampling.seed=" + "9" * 5000, "is too long for a number"),
        ("metrics=[bleu", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said_of_the_right_part(override: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        prepare([override], FOLDERS)


def test_hydras_own_sweeps_pass() -> None:
    assert prepare(["metrics=glob(b*)"], FOLDERS, sweep=True) == ["metrics=glob(b*)"]


@pytest.mark.parametrize(
    "path",
    ["[draft] zh.txt", "{x}.txt", "数据/原文.txt", "my texts/a (1).txt", "a=b.txt", 'say "hi".txt'],
)
def test_paths_with_special_characters(path: str) -> None:
    (prepared,) = prepare([f"test_set.references.refA={path}"], FOLDERS)
    assert prepared.startswith("++test_set.references.refA=")
    assert value(prepared) == path


@pytest.mark.parametrize(
    ("group", "remedy"), [("metrics", "metrics=none"), ("views", "leave views")]
)
def test_an_empty_list_of_options_is_refused(group: str, remedy: str) -> None:
    with pytest.raises(InputError, match=f"the config group {group} is given no option") as caught:
        prepare([f"{group}=[]"], FOLDERS)
    assert remedy in caught.value.render()


@pytest.mark.parametrize("key", ["test_set.systems", "test_set.references", "test_set.labels"])
def test_a_list_where_entries_need_names_is_refused(key: str) -> None:
    with pytest.raises(InputError, match=f"{key} is a list where each entry needs a name"):
        prepare([f"{key}=[h.txt]"], FOLDERS)


@pytest.mark.parametrize(
    ("typed", "works"),
    [
        (["metrics=bleu", "chrf"], "'metrics=[bleu,chrf]'"),
        (["metrics=bleu", "chrf", "ter"], "'metrics=[bleu,chrf,ter]'"),
        (["metrics", "bleu"], "metrics=bleu"),
        (["metrics", "=", "bleu"], "metrics=bleu"),
        (["metrics", "=bleu"], "metrics=bleu"),
        (["metrics=", "bleu"], "metrics=bleu"),
        (["metrics:bleu"], "metrics=bleu"),
        (["metrics/bleu"], "metrics=bleu"),
        (["wmt23_zhen_news"], "test_set=wmt23_zhen_news"),
        (["systems=all", "copy_source"], "sentinels=copy_source"),
    ],
)
def test_an_argument_without_an_equals_sign_is_answered_by_what_works(
    typed: list[str], works: str
) -> None:
    with pytest.raises(InputError, match="is no override") as caught:
        prepare(typed, FOLDERS)
    remedy = caught.value.remedy or ""
    assert remedy.startswith(f"write {works};")
    (override,) = shlex.split(works)  # as a shell would hand it on
    assert prepare([override], FOLDERS) == [override]


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        (["metrics=[bleu,", "chrf]"], "metrics=[bleu, chrf]"),
        (["metrics=[bleu,", "chrf,", "ter]", "store=false"], "metrics=[bleu, chrf, ter]"),
        (["test_set.labels={Style/Akward:", "other}"], "+test_set.labels={Style/Akward: other}"),
    ],
)
def test_a_list_that_the_shell_split_at_its_spaces_is_put_together(
    typed: list[str], whole: str
) -> None:
    assert prepare(typed, FOLDERS)[0] == whole


def test_several_values_without_a_sweep_are_answered_by_the_forms_that_work() -> None:
    def remedy(typed: str, sweep: bool | None = False) -> str:
        with pytest.raises(InputError, match="is given several values") as caught:
            prepare([typed], FOLDERS, sweep=sweep)
        return caught.value.remedy or ""

    both = "all in one run: 'metrics=[bleu,chrf]'; a run for each: harness -m metrics=bleu,chrf"
    assert remedy("metrics=bleu,chrf") == both
    assert remedy("metrics=bleu,chrf", sweep=None) == "all in one run: 'metrics=[bleu,chrf]'"
    assert prepare(["metrics=[bleu,chrf]"], FOLDERS) == ["metrics=[bleu,chrf]"]
    assert remedy("test_set=files,article") == "a run for each: harness -m test_set=files,article"
    number = remedy("weights.severity.major=5,5").split("; ")[0]
    assert number == "a decimal number: weights.severity.major=5.5"
    assert "'references=[refA,refB]'" in remedy("references=refA,refB")
    assert "harness -m 'metrics=[bleu],[chrf]'" in remedy("metrics=[bleu],[chrf]")
    assert remedy("resampling.seed=range(1,3)").endswith("harness -m 'resampling.seed=range(1,3)'")
    file = remedy("test_set.source=a,b.txt").split("; ")[0]
    assert file == "a file of that name: 'test_set.source=\"a,b.txt\"'"
    (prepared,) = prepare(shlex.split(file.split(": ", 1)[1]), FOLDERS)
    assert value(prepared) == "a,b.txt"


def test_a_file_in_the_place_of_brackets_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="no option of metrics 'b'") as caught:
        prepare(["metrics=b"], FOLDERS)
    assert "a file is called" not in caught.value.render()
    (tmp_path / "metrics=b").touch()
    with pytest.raises(InputError) as caught:
        prepare(["metrics=b"], FOLDERS)
    assert "put quotes around them: 'metrics=[A,B]'" in caught.value.render()


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        (["metrics=bleu", "metrics=[chrf,ter]"], "all in one: 'metrics=[bleu,chrf,ter]'"),
        (["output=a", "store=false", "output=b"], "give one: output=VALUE"),
        (["test_set.systems.a=x", "++test_set.systems.a=y"], "give one: test_set.systems.a=VALUE"),
    ],
)
def test_a_key_given_twice_is_refused(typed: list[str], remedy: str) -> None:
    with pytest.raises(InputError, match="is given twice") as caught:
        prepare(typed, FOLDERS)
    assert caught.value.remedy == remedy


@pytest.mark.parametrize("typed", ["metrics=[bleu,chrf", "metrics=[bleu,chrf,"])
def test_brackets_that_stay_open_are_answered_by_what_works(typed: str) -> None:
    with pytest.raises(InputError, match="cannot be read") as caught:
        prepare([typed], FOLDERS)
    works = (caught.value.remedy or "").split(": ", 1)[1]
    assert prepare(shlex.split(works), FOLDERS) == ["metrics=[bleu,chrf]"]
