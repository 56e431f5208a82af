"""Commands, options and overrides that are wrong: one message each, with what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.config.groups import config_folders
from harness.config.overrides import prepare
from harness.errors import InputError
from tests.support.bad_inputs import assert_readable, named
from tests.support.said import Command, check_command

pytestmark = pytest.mark.reliability


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Small files under short names, and what is none: a folder, a pipe, a loop of links."""
    for name, text in {
        "zh": "甲。\n乙。\n丙。\n", "ref": "A cat.\nB dog.\nC bird.\n", "a": "A cat.\nB dog.\nC bee.\n",
        "b": "A cow.\nB dog.\nC bird.\n", "short": "A\n", "empty": "", "blank": " \n \n \n",
        "latin": "caf\xe9\n", "x.yaml": "a: [\n",
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(text.encode("latin-1" if name == "latin" else "utf-8"))
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    return tmp_path


TEXTS = "-r ref -t a"
NO_FILE, FOLDER, PIPE = (
    "there is no such file",
    "this is a folder, not a file",
    "a pipe or a device",
)
LOOP = "the file cannot be opened"

SCORE = [
    Command("score: nothing", "score", "the following arguments are required: -t", "--help"),
    Command("score: no reference", "score -t a", "the metric 'bleu' needs a reference", "-r FILE"),
    Command("score: no such file", "score -t a -r nowhere", f"nowhere: {NO_FILE}", "check the path"),
    Command("score: almost such a file", "score -t a -r shart", f"shart: {NO_FILE}", "did you mean 'short'?"),
    Command("score: a dangling link", "score -t a -r dangling", f"dangling: {NO_FILE}"),
    Command("score: a file as folder", "score -t a -r ref/x", f"ref/x: {NO_FILE}"),
    Command("score: a name of 300 letters", f"score -t a -r {'x' * 300}", NO_FILE),
    Command("score: a NUL in the name", ["score", "-t", "a", "-r", "re\0f"], NO_FILE),
    Command("score: a folder", "score -t folder -r ref", f"folder: {FOLDER}", "name a file in it"),
    Command("score: a pipe", "score -t pipe -r ref", f"pipe: this is {PIPE}", "to a file first"),
    Command("score: a device", "score -t /dev/zero -r ref", f"/dev/zero: this is {PIPE}"),
    Command("score: a loop of links", "score -t loop -r ref", f"loop: {LOOP}"),
    Command("score: empty files", "score -t empty -r empty", "empty: the file has no lines"),
    Command("score: a file too short", "score -t a -r short", "short:2: the file has fewer lines", "find the line"),
    Command("score: another encoding", "score -t a -r latin", "latin:1: the line is not UTF-8", "as UTF-8"),
    Command("score: no reference has text", "score -t a -r blank", "no segment has a reference"),
    Command("score: an unknown metric", f"score {TEXTS} --metrics blue", "no option of metrics 'blue'", "did you mean 'bleu'?"),
    Command("score: no metric", f"score {TEXTS} --metrics ,", "no metric is selected", "--metrics bleu,chrf"),
    Command("score: an unknown tokenizer", f"score {TEXTS} metrics.bleu.tokenize=zhh", "no BLEU tokenizer 'zhh'", "did you mean 'zh'?"),
    Command("score: an unknown parameter", f"score {TEXTS} metrics.bleu.tokeniser=zh", "there is no config value 'metrics.bleu.tokeniser'", "tokenize"),
    Command("score: an order beyond all bounds", f"score {TEXTS} metrics.bleu.max_ngram_order=1000000000", "max_ngram_order is out of range"),
    Command("score: two translations", "score -r ref -t a -t b", "the option -t is given twice"),
    Command("score: a misspelt option", f"score {TEXTS} --metric bleu", "unrecognized arguments: --metric"),
    Command("score: a file too much", f"score {TEXTS} b", "'b' is no parameter of a metric", "by the options"),
    Command("score: its own input as output", f"score {TEXTS} --segments ref", "is one that is read"),
    Command("score: a folder as output", f"score {TEXTS} --segments folder", "no file that can be replaced"),
    Command("score: an output in no folder", f"score {TEXTS} --segments nowhere/x.csv", "the file cannot be written"),
    Command("score: an unknown rule", f"score {TEXTS} --missing-reference skip", "leave_out or refuse"),
]  # fmt: skip

COMPARE = [
    Command("compare: a translation twice", "compare -r ref -t a -t a", "a translation is named twice", "once"),
    Command("compare: a translation too short", "compare -r ref -t a -t short", "short:2: there is no line for this segment"),
    Command("compare: documents too short", "compare -r ref -t a -t b -d short", "short:2: there is no line for this segment"),
    Command("compare: no reference", "compare -t a -t b", "the metric 'bleu' needs a reference"),
    Command("compare: negative draws", "compare -r ref -t a -t b --bootstrap -1", "system_tests.bootstrap is out of range"),
    Command("compare: no number", "compare -r ref -t a -t b --bootstrap many", "invalid int value: 'many'"),
    Command("compare: draws for days", "compare -r ref -t a -t b --randomisation 100000000000", "system_tests.randomisation is out of range"),
    Command("compare: an unknown mode", "compare -r ref -t a -t b --mode exactly", "system_tests.mode is unknown", "exact"),
    Command("compare: a negative seed", "compare -r ref -t a -t b --seed -1", "system_tests.seed is out of range"),
    Command("compare: its own input as output", "compare -r ref -t a -t b --csv a", "is one that is read"),
]  # fmt: skip

OTHERS = [
    Command("a misspelt command", "comprae", "there is no command 'comprae'", "did you mean 'compare'?"),
    Command("list: an unknown kind", "list metric", "there is no list 'metric'", "did you mean 'metrics'?"),
    Command("list: a folder that there is not", "list metrics --config-dir nowhere", "nowhere: the folder of --config-dir does not exist"),
    Command("describe: an unknown kind", "describe bleu/metrics", "there is no list 'bleu'"),
    Command("datasets: an unknown action", "datasets shw", "invalid choice: 'shw'"),
    Command("datasets: an unknown name", "datasets show wmt23_zhen_new", "no test set 'wmt23_zhen_new'", "wmt23_zhen_news"),
    Command("datasets: no such card", "datasets show x/card.yaml", f"x/card.yaml: {NO_FILE}"),
    Command("datasets: a card that is no YAML", "datasets show x.yaml", "x.yaml:2: the card is no YAML"),
    Command("datasets: a mirror that there is not", "datasets check wmt23_zhen_news --mirror nowhere", "nowhere: the mirror is no folder"),
    Command("store: a cache that is a file", "store info --cache zh", "zh: the cache is no folder", "--cache DIR"),
    Command("store: negative days", "store prune --cache folder --days -1", "this is no number of days"),
    Command("store: days that are no number", "store prune --cache folder --days nan", "this is no number of days"),
    Command("report: no folder", "report nowhere", "this is not the folder of a sweep", "harness -m"),
    Command("report: another folder", "report folder", "this is not the folder of a sweep"),
    Command("convert: no test set", "convert nowhere --to jsonl out", "no option of test_set 'nowhere'"),
    Command("convert: an unknown format", "convert article --to xlsx out", "there is no format 'xlsx'", "one of these"),
    Command("convert: a file as folder", "convert article --to jsonl zh", "the folder of the export is a file"),
    Command("convert: other overrides", "convert article metrics=bleu --to jsonl out", "'metrics' does not say what is read"),
    Command("convert: two test sets", "convert article files --to jsonl out", "more than one test set is named"),
]  # fmt: skip


@named([*SCORE, *COMPARE, *OTHERS])
def test_refused(
    case: Command, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check_command(case, folder, capsys, monkeypatch)


FILES = "test_set=files test_set.source=zh test_set.systems.a=a plots=none"


RUN = [
    Command("run: a misspelt value", f"{FILES} metrc=bleu", "there is no config value 'metrc'", "did you mean 'metrics'?"),
    Command("run: a file that there is not", f"{FILES} test_set.references.r=nowhere dry_run=true", f"nowhere: {NO_FILE}"),
    Command("run: scores from a pipe", f"{FILES} scores=pipe metrics=none dry_run=true", PIPE),
    Command("run: output at a file", f"{FILES} output=zh", "the run's folder is a file", "output=DIR"),
    Command("run: output where nothing can be", f"{FILES} test_set.references.r=ref metrics=bleu sentinels=none store=false workers=1 report=none output=/proc/x", "/proc/x"),
    Command("run: a cache that is a file", f"{FILES} cache=zh dry_run=true", "the cache is no folder"),
    Command("run: a switch that is none", f"{FILES} store=maybe", "the config value store is out of range"),
    Command("run: a weight that is misspelt", f"{FILES} +weights.category.acuracy=25", "'acuracy'", "did you mean 'accuracy'?"),
    Command("run: a secret of the environment", [*FILES.split(), "test_set.name=${oc.env:HOME}"], "is read from the environment"),
    Command("run: another class as metric", f"{FILES} metrics.bleu._target_=os.system", "the config may not build 'os.system'"),
]  # fmt: skip


@named(RUN)
def test_runs_refused(
    case: Command, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check_command(case, folder, capsys, monkeypatch)


#: Overrides that are refused before any config is read: what is typed, what is said, the remedy.
OVERRIDES = [
    ("metrics=blue", "there is no option of metrics 'blue'", "did you mean 'bleu'?"),
    ("metrics=", "metrics is given no option", "metrics=none"),
    ("metrics=[]", "metrics is given no option", "metrics=none"),
    ("metrics=null", "metrics needs an option", ""),
    ("metrics=[bleu", "cannot be read", "'metrics=[bleu]'"),
    ("metrics=bleu,chrf", "several values, and this is no sweep", "'metrics=[bleu,chrf]'"),
    ("metrics=bleu metrics=chrf", "metrics is given twice", "'metrics=[bleu,chrf]'"),
    ("metrics = bleu", "is no override", "metrics=bleu"),
    ("metrics:bleu", "is no override", "metrics=bleu"),
    ("metrics bleu", "is no override", "metrics=bleu"),
    ("bleu", "'bleu' is no override", "metrics=bleu"),
    ("wmt23_zhen_news", "is no override", "test_set=wmt23_zhen_news"),
    ("=5", "'=5' is no override", ""),
    ("==", "is no override", ""),
    ("a=b=c", "cannot be read", "quotes"),
    ("focus=[a,b", "cannot be read", "close the brackets"),
    ("focus={a", "cannot be read", ""),
    ("resampling.samples=" + "9" * 5000, "is too long for a number", ""),
    ("resampling.samples=1,2", "several values, and this is no sweep", "harness -m"),
    ("test_set=nowhere", "there is no option of test_set 'nowhere'", ""),
    ("weights=mqm", "there is no option of weights 'mqm'", ""),
    ("test_set.source=a test_set.source=b", "test_set.source is given twice", "give one"),
    ("test_set.systems.=a.txt", "the name in 'test_set.systems.' is empty", "test_set.systems.NAME=VALUE"),
    ("test_set.systems=[a.txt,b.txt]", "a list where each entry needs a name", "test_set.systems.NAME=VALUE"),
    ("test_set.systems=a.txt", "a value without a name", "test_set.systems.NAME=a.txt"),
    ("test_set.labels=accuracy", "a value without a name", "test_set.labels.NAME=accuracy"),
    ("systems=all,[a]", "mixes the option 'all' with names of systems", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "says", "remedy"), OVERRIDES, ids=[typed[:40] for typed, _, _ in OVERRIDES]
)
def test_overrides_refused(typed: str, says: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        prepare(typed.split(), config_folders(), sweep=typed.startswith("systems"))
    assert says in str(caught.value)
    assert remedy in (caught.value.remedy or "")
    assert_readable(caught.value)
