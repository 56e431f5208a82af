"""The command, from arguments to exit code and run folder."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness._kernels import counts
from harness.commands.main import main

CONTRACT = {
    "systems": ["test_set", "system", "role", "metric", "signature", "score"],
    "scores": ["test_set", "system", "segment_id", "metric", "signature", "score", "status"],
    "ratings": ["test_set", "system", "segment_id", "category", "rating"],
    "meta_evaluation": [
        *("test_set", "level", "category", "metric", "statistic", "grouping", "system_score"),
        *(
            "value",
            "low",
            "high",
            "standard_error",
            "degrees",
            "interval_method",
            "scope",
            "n_systems",
            "n_segments",
            "n_pairs",
            "n_excluded",
            "ceiling",
            "chance",
            "chance_sd",
        ),
        "cluster",
    ],
    "categories": [
        *("metric", "view", "category", "value", "low", "high", "n_eff", "n_documents", "tier"),
        "plain_accuracy",
    ],
    "system_tests": [
        *("test_set", "metric", "test", "system_1", "system_2", "score_1", "score_2"),
        *("difference", "low", "high", "p", "p_holm", "unit"),
    ],
    "system_intervals": ["test_set", "system", "metric", "score", "mean", "low", "high", "cluster"],
    "injections": [
        *("metric", "injector", "category", "severity", "n", "accuracy", "tie_rate"),
        *("relative_drop", "low", "high"),
    ],
    "injected_pairs": ["test_set", "injector", "segment_id", "base", "system"],
    "injected_scores": ["test_set", "metric", "injector", "segment_id", "base", "score"],
    "injection_severity": ["metric", "probability", "kendall", "spearman"],
}
#: What makes a run short, where plots and injected errors do not matter.
QUICK = ("plots=none", "injectors=none")
TEXTS = {
    "zh.txt": "第一句。\n第二句。\n第三句。\n",
    "en.txt": "The first sentence.\nThe second one.\nThe third one.\n",
    "mt.txt": "First sentence.\nThe second.\nA third one.\n",
}


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def files(folder: Path, *more: str) -> list[str]:
    return [
        "test_set=files",
        f"test_set.source={folder / 'zh.txt'}",
        f"test_set.references.refA={folder / 'en.txt'}",
        f"test_set.systems.mine={folder / 'mt.txt'}",
        "metrics=bleu",
        "plots=none",
        *more,
    ]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_article_is_the_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "run"
    assert main([f"output={output}"]) == 0
    printed = capsys.readouterr().out.strip().split("\n")
    assert printed[0].startswith("A news article")
    assert printed[3].split() == ["system", "rating", "BLEU", "chrF", "chrF++", "−TER"]
    assert printed[-1] == f"report: {output / 'report.html'}"
    assert re.fullmatch(r"scores: \d+ computed, 0 kept from before", printed[-2])
    assert max(map(len, printed[:-1])) <= 80
    assert "one system is rated" in " ".join(printed)
    assert len(printed) > 10 and "\\u" not in "".join(printed)
    assert {p.name for p in output.iterdir()} == {"report.html", "run.json", "plots", "tables"}
    for name, columns in CONTRACT.items():
        found = rows(output / "tables" / f"{name}.csv")
        assert list(found[0])[: len(columns)] == columns
    scores = rows(output / "tables" / "scores.csv")
    assert {r["metric"] for r in scores} >= {"bleu", "chrf", "chrfpp", "ter"}
    assert {r["system"] for r in scores} == {"published_mt", "refB"}
    assert {plot.suffix for plot in (output / "plots").iterdir()} == {".svg"}
    assert "not by professional translators" in (output / "report.html").read_text("utf-8")
    record = json.loads((output / "run.json").read_text("utf-8"))
    assert record["counts"]["scores"]["failed"] == 0
    assert record["warnings"] == []
    assert set(record["implementations"]) == {"bleu", "chrf", "chrfpp", "ter"}
    assert set(record["implementations"].values()) == {counts.implementation()}
    names = ("resampling", "metric_tests", "system_tests", "injection")
    seeds = dict.fromkeys(names, 12345)
    assert record["seeds"] == {**seeds, "random": 0}
    assert record["injection"]["bases"] == ["refB", "published_mt"]
    assert record["injection"]["scores"]["failed"] == 0
    assert {f["name"].split("/")[-1] for f in record["data"]} >= {
        "segments.jsonl",
        "annotations.jsonl",
    }
    assert set(record["seconds"]) >= {
        *("read", "check", "score", "rate", "meta-evaluate", "report")
    }


def test_a_second_run_prints_the_same_and_computes_nothing(
    texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = []
    for name in ("one", "two"):
        assert main(files(texts, f"output={texts / name}")) == 0
        *summary, scored, place = capsys.readouterr().out.strip().split("\n")
        assert scored.endswith("0 kept from before") is (name == "one")
        assert place == f"report: {texts / name / 'report.html'}"
        printed.append(summary)
    assert printed[0] == printed[1] != []
    record = json.loads((texts / "two" / "run.json").read_text("utf-8"))
    assert record["counts"]["scores"]["computed"] == 0
    assert record["injection"]["scores"]["computed"] == 0


def test_programs_get_json(texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", *files(texts, "injectors=none", f"output={texts / 'out'}")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["report"] == str(texts / "out" / "report.html")
    assert said["counts"]["scores"]["failed"] == 0
    assert all(claim["text"] for claim in said["claims"])
    swept = ["metrics=bleu,chrf", "plots=none", "injectors=none", "report=none"]
    assert main(["-m", "--json", *files(texts)[:4], *swept, f"output={texts / 'sweep'}"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [job["state"] for job in said["jobs"]] == ["done", "done"]


def test_own_files_need_no_code(texts: Path) -> None:
    assert main(files(texts, f"output={texts / 'out'}")) == 0
    names = {p.stem for p in (texts / "out" / "tables").glob("*.csv")}
    injected = {"injections", "injected_pairs", "injected_scores", "injection_severity"}
    made = {"metrics", "scores", "documents", "systems", "system_intervals"}  # nobody rated it
    assert names == made | injected | {"attacks", "metric_evidence", "texts"}


def test_injected_errors_can_be_left_out_and_join_the_systems(texts: Path) -> None:
    off = [files(texts, "injectors=none"), files(texts, "injection.enabled=false")]
    for i, arguments in enumerate(off):
        assert main([*arguments, f"output={texts / str(i)}"]) == 0
        assert not list((texts / str(i) / "tables").glob("inj*"))
    few = "injectors=[final_stop,boilerplate]"
    assert main(files(texts, few, "systems=injected", f"output={texts / 'in'}")) == 0
    scores = rows(texts / "in" / "tables" / "scores.csv")
    roles = {r["system"]: r["role"] for r in rows(texts / "in" / "tables" / "systems.csv")}
    assert roles["injected:final_stop:mine"] == roles["injected:unrelated:mine"] == "injected"
    assert {r["system"] for r in scores} == set(roles)
    by_text = {(r["system"], r["segment_id"]): r["score"] for r in scores if r["metric"] == "bleu"}
    for pair in rows(texts / "in" / "tables" / "injected_scores.csv"):
        if pair["metric"] == "bleu":
            name = f"injected:{pair['injector']}:mine"
            assert by_text[name, pair["segment_id"]] == pair["injected_score"]
            assert by_text["mine", pair["segment_id"]] == pair["score"]


def test_injected_errors_on_real_data(mirror: Path, tmp_path: Path) -> None:
    code = main(
        [
            *("test_set=wmt23_zhen_news", f"mirror={mirror}", "metrics=chrf", "plots=none"),
            *("sentinels=none", "views=news", "report=none", "injection.enabled=true"),
            *("injectors=[digit,final_stop]", f"output={tmp_path / 'out'}"),
        ]
    )
    assert code == 0
    tables = tmp_path / "out" / "tables"
    drops = {r["injector"]: r for r in rows(tables / "injections.csv")}
    assert set(drops) == {"digit", "final_stop"}
    systems = [r for r in rows(tables / "systems.csv") if r["role"] == "system" and r["rating"]]
    best = max(systems, key=lambda r: float(r["rating"]))["system"]
    for r in drops.values():
        assert (r["bases"], r["tier"], r["resampled"]) == (best, "measured", "documents")
        assert 0.5 < float(r["accuracy_low"]) <= float(r["accuracy"])
        assert 0 < float(r["low"]) < float(r["relative_drop"]) < float(r["high"]) < 1
    for name in ("meta_evaluation", "categories", "scores", "systems", "penalty_profile"):
        assert "injected:" not in (tables / f"{name}.csv").read_text("utf-8")


def test_a_run_warns_of_faults_in_the_texts(texts: Path) -> None:
    (texts / "mt.txt").write_text("First sentence.\n\u202eThe <b>second.\n\n", encoding="utf-8")
    output = texts / "out"
    assert main(files(texts, f"output={output}")) == 0
    warnings = json.loads((output / "run.json").read_text("utf-8"))["warnings"]
    assert [w.split(" (")[0] for w in warnings] == [
        "1 text without a word",
        "1 translation of 3 with marks of writing direction",
        "mine: 1 of 3 translations have tags of a markup or model",
    ]
    page = (output / "report.html").read_text("utf-8")
    assert "Warning: 1 text without a word (hypotheses: mine (1); mine segment 3)" in page
    assert "\\u202eThe &lt;b&gt;second" in page


def test_a_professional_reference_takes_the_place_of_the_made_one(tmp_path: Path) -> None:
    reference = tmp_path / "参考 译文.txt"
    reference.write_text("\n".join(f"Line {i}." for i in range(13)) + "\n", encoding="utf-8")
    output = tmp_path / "out"
    code = main(
        [
            f"test_set.references.professional={reference}",
            *("metrics=bleu", "plots=none", "injectors=none", f"output={output}"),
        ]
    )
    assert code == 0
    assert json.loads((output / "run.json").read_text())["references"] == ["professional"]
    systems = {r["system"] for r in rows(output / "tables" / "systems.csv")}
    assert systems == {"published_mt", "refA", "refB"}


@pytest.mark.reliability
@pytest.mark.parametrize(
    ("change", "fragments"),
    [
        ({"mt.txt": "one\ntwo\n"}, ["mt.txt", "2", "3", "remedy"]),
        ({"mt.txt": b"one\n\xff\nthree\n"}, ["mt.txt:2", "UTF-8"]),
        ({"mt.txt": None}, ["mt.txt", "remedy"]),
    ],
)
def test_bad_files_end_in_one_message_and_nothing_written(
    texts: Path,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, str | bytes | None],
    fragments: list[str],
) -> None:
    for name, content in change.items():
        if content is None:
            (texts / name).unlink()
        else:
            (texts / name).write_bytes(content.encode() if isinstance(content, str) else content)
    before = sorted(texts.iterdir())
    assert main(files(texts, f"output={texts / 'out'}")) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    for fragment in fragments:
        assert fragment in captured.err
    assert sorted(texts.iterdir()) == before


MQM_HEADER = "system\tdoc\tdocSegId\tglobalSegId\trater\tsource\ttarget\tcategory\tseverity\n"


@pytest.mark.reliability
@pytest.mark.parametrize(
    ("row", "fragments"),
    [
        ("mine\td\t1\t1\tr1\t第一句。\tFirst <v>sentence</v>.\tStyle/Awkward\tHuge", ["severity"]),
        ("mine\td\t1\t1\tr1\t第一句。\tFirst <v>sentence</v>.\tStyle/Akward\tMinor", ["category"]),
        ("mine\td\t9\t9\tr1\t第九句。\tNinth <v>one</v>.\tStyle/Awkward\tMinor", ["segment"]),
        ("yours\td\t1\t1\tr1\t第一句。\tFirst <v>one</v>.\tStyle/Awkward\tMinor", ["system"]),
    ],
)
def test_bad_annotations_end_in_one_message(
    texts: Path, capsys: pytest.CaptureFixture[str], row: str, fragments: list[str]
) -> None:
    (texts / "mqm.tsv").write_text(MQM_HEADER + row + "\n", encoding="utf-8")
    code = main(files(texts, f"test_set.mqm={texts / 'mqm.tsv'}", f"output={texts / 'out'}"))
    message = capsys.readouterr().err
    assert code == 2
    assert "mqm.tsv:2" in message
    for fragment in fragments:
        assert fragment in message
    assert not (texts / "out").exists()


def test_own_annotations(texts: Path) -> None:
    row = "mine\td\t1\t1\tr1\t第一句。\t<v>First</v> sentence.\tFluency/Grammar\tMajor\n"
    (texts / "mqm.tsv").write_text(MQM_HEADER + row, encoding="utf-8")
    assert main(files(texts, f"test_set.mqm={texts / 'mqm.tsv'}", f"output={texts / 'out'}")) == 0
    ratings = rows(texts / "out" / "tables" / "ratings.csv")
    assert {(r["segment_id"], r["rating"]) for r in ratings if r["category"] == "all"} == {
        ("1", "-5.0")
    }


def test_a_misspelt_system_names_the_nearest(
    texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(files(texts, "systems=[mien]", f"output={texts / 'out'}")) == 2
    assert "did you mean 'mine'" in capsys.readouterr().err
    assert not (texts / "out").exists()


@pytest.mark.parametrize(
    ("argument", "fragment"),
    [
        ("metrics=[bleu,foo]", "there is no option of metrics 'foo'"),
        ("metrics.bleu.tokenise=intl", "did you mean 'metrics.bleu.tokenize'"),
        ("metrics.bleu.tokenize=13b", "did you mean '13a'"),
        ("nonsense=1", "there is no config value 'nonsense'"),
        ("test_set=files", "test_set.source is needed"),
        ("references=[refC]", "there is no reference 'refC'"),
        ("resampling.samples=many", "samples"),
        ("workers=none", "workers"),
        ("--config-dir=/no/such/folder", "--config-dir"),
        ("references=null", "references names nothing"),
        ("systems.names=null", "systems.names names nothing"),
        ("views=null", "the config group views needs an option"),
        ("weights=null", "the config group weights needs an option"),
        ("statistics=null", "the config group statistics needs"),
        ("category_accuracy=null", "category_accuracy is not a section of values"),
        ("category_accuracy.minimum_pairs=abc", "minimum_pairs is out of range"),
        ("category_accuracy.confidence=1.5", "confidence is out of range"),
        ("+category_accuracy.foo=1", "config value of category_accuracy 'foo'"),
        ("weights.severity.major=abc", "weights.severity.major is out of range"),
        ("weights.severity.major=-5", "weights.severity.major is out of range"),
        ("views.category.name=news", "two views are called 'news'"),
        ("metrics.bleu.max_ngram_order=0", "max_ngram_order is out of range"),
        ("report.html=maybe", "report.html is out of range"),
        ("test_set.references.x=2022", "2022"),
        ("systems=[published_mt,refC]", "there is no system 'refC'"),
        ("injection.base=refA", "it is the reference that metrics are given"),
        ("injection.base=refC", "there is no system or spare reference 'refC'"),
        ("injection.base=null", "injection.base names nothing"),
        ("injection.enabled=maybe", "injection.enabled is out of range"),
        ("injection.minimum_pairs=0", "minimum_pairs is out of range"),
        ("injection=null", "injection"),
        ("injectors=[digit,digits]", "there is no option of injectors 'digits'"),
    ],
)
def test_bad_config_is_exit_2(
    argument: str, fragment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([argument, f"output={tmp_path / 'out'}"]) == 2
    captured = capsys.readouterr()
    assert fragment in captured.err
    assert "Traceback" not in captured.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("mine: {_target_: harness.ratings.views.Level1\n", "cannot be read"),
        ("mine:\n  _target_: harness.ratings.views.Level1\n", "describes no metric"),
    ],
)
def test_a_users_config_that_is_wrong_is_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, fragment: str
) -> None:
    own = tmp_path / "conf" / "metrics"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text(text)
    output = tmp_path / "out"
    assert main(["--config-dir", str(tmp_path / "conf"), "metrics=mine", f"output={output}"]) == 2
    message = capsys.readouterr().err
    assert fragment in message
    assert "Traceback" not in message
    assert not output.exists()


def test_no_metric_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["metrics=none", "sentinels=none", f"output={tmp_path / 'out'}"]
    assert main(arguments) == 2
    assert "no metric is selected" in capsys.readouterr().err


def test_a_reference_may_be_named_as_a_system(tmp_path: Path) -> None:
    output = tmp_path / "out"
    arguments = ["metrics=bleu", *QUICK, "report=none", f"output={output}"]
    assert main(["systems=[published_mt,refB]", *arguments]) == 0
    assert {r["system"] for r in rows(output / "tables" / "systems.csv")} == {
        "published_mt",
        "refB",
    }


def test_the_printed_remedy_for_an_unknown_label_works(
    texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = "mine\td\t1\t1\tr1\t第一句。\tFirst <v>sentence</v>.\tStyle/Akward\tMinor\n"
    (texts / "mqm.tsv").write_text(MQM_HEADER + row, encoding="utf-8")
    arguments = files(texts, f"test_set.mqm={texts / 'mqm.tsv'}", f"output={texts / 'out'}")
    assert main(arguments) == 2
    found = re.search(r"'(test_set\.labels=.*)'", capsys.readouterr().err)
    assert found
    assert main([*arguments, found[1]]) == 0
    profile = rows(texts / "out" / "tables" / "penalty_profile.csv")
    named = found[1].rpartition(":")[2].strip("} ").split("/")[0]  # {label: category/…}
    assert {r["category"] for r in profile if r["view"] == "category"} == {named}


def test_seeds_of_all_metrics_are_recorded(texts: Path) -> None:
    arguments = [a for a in files(texts) if not a.startswith("metrics=")]
    code = main(
        [
            *arguments,
            *("metrics=chrf", "sentinels=[random]", "sentinels.random.seed=5"),
            f"output={texts / 'out'}",
        ]
    )
    assert code == 0
    assert json.loads((texts / "out" / "run.json").read_text())["seeds"]["random"] == 5


def test_a_sweep_makes_one_folder_a_job(texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [a for a in files(texts) if not a.startswith("metrics=")]
    output = texts / "sweep"
    arguments = [*arguments, "injectors=none"]
    assert main(["-m", "metrics=bleu,chrf", *arguments, f"output={output}"]) == 0
    whole = {"0", "1", "multirun.yaml", "sweep.json", "tables", "plots", "report.html"}
    whole |= {"findings.md"}
    assert {p.name for p in output.iterdir()} == whole
    for job, metric in (("0", "bleu"), ("1", "chrf")):
        systems = rows(output / job / "tables" / "systems.csv")
        assert metric in {r["metric"] for r in systems}
    assert f"report: {output / 'report.html'}" in capsys.readouterr().out


def test_a_failed_job_costs_only_itself(texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = texts / "sweep"
    arguments = [*files(texts), "injectors=none", f"output={output}"]
    assert main(["-m", *arguments, "references=refA,refC"]) == 3
    captured = capsys.readouterr()
    assert (output / "0" / "report.html").is_file()
    assert {p.name for p in (output / "1").iterdir()} == {"status.json", "error.txt"}
    assert "there is no reference 'refC'" in captured.err
    assert "1 of 2 jobs failed" in captured.err


def test_users_own_configs(texts: Path) -> None:
    own = texts / "conf" / "metrics"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text(
        "mine:\n  _target_: harness.metrics.sacrebleu.BLEU\n  name: my BLEU\n  lowercase: true\n"
    )
    arguments = [a for a in files(texts) if not a.startswith("metrics=")]
    code = main(
        [
            *("--config-dir", str(texts / "conf"), "metrics=[bleu,mine]"),
            *(*arguments, f"output={texts / 'out'}"),
        ]
    )
    assert code == 0
    metrics = rows(texts / "out" / "tables" / "metrics.csv")
    assert [(r["metric"], r["label"]) for r in metrics][:2] == [
        ("bleu", "BLEU"),
        ("mine", "my BLEU"),
    ]


def test_help_shows_groups_and_examples() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness", "--help"], capture_output=True, text=True, check=True
    )
    for text in (
        "metrics: bertscore, bleu",
        "test_set: aces, article",
        "--config-dir",
        "Exit codes",
    ):
        assert text in done.stdout


def test_from_any_folder_the_default_output_is_below_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness", "metrics=bleu", *QUICK, "report=none"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    (run,) = tmp_path.glob("reports/*/*")
    assert (run / "run.json").is_file()
    assert str(run.relative_to(tmp_path)) in done.stdout
    assert done.stderr == ""


def test_wmt23_systems_by_name(mirror: Path, tmp_path: Path) -> None:
    code = main(
        [
            *("test_set=wmt23_zhen_news", f"mirror={mirror}", "metrics=bleu", "plots=none"),
            *("systems=[GPT4-5shot,ONLINE-A]", "report=none", f"output={tmp_path / 'out'}"),
        ]
    )
    assert code == 0
    systems = {r["system"] for r in rows(tmp_path / "out" / "tables" / "systems.csv")}
    assert systems == {"GPT4-5shot", "ONLINE-A"}


def test_a_sweep_has_no_one_config_to_show(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-m", "metrics=bleu,chrf", "--cfg", "job"]) == 2
    assert "a sweep has no one config to show" in capsys.readouterr().err
