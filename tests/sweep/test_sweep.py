"""Sweeps: planned, kept job by job, put together again from whatever finished."""

from __future__ import annotations

import csv
import html
import json
import pickle
import platform
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from harness.commands.main import main
from harness.errors import InputError
from harness.report.html import TABLE_SCRIPTS, page_script
from harness.sweep.collect import collect
from harness.sweep.dots import SettingDots
from harness.sweep.driver import Task
from harness.sweep.page import (
    _stability,
    render_sweep,
    sweep_claims,
    write_sweep,
)
from harness.sweep.plan import Job, Plan, check_root, planned_jobs, read_plan, write_plan
from harness.sweep.progress import SweepProgress
from harness.sweep.slurm import SubmittedJobs
from harness.sweep.stability import TOPIC, metric_ranks, rank_stability
from harness.sweep.status import read_status, write_failure, write_success
from tests.support.chromium import CHROMIUM, Browser

FAST = ("plots=none", "sentinels=none")


def sweep(root: Path, *overrides: str) -> int:
    """A sweep without plots, sentinels and, unless ``overrides`` choose some, injected errors."""
    injected = any(o.startswith("injectors=") for o in overrides)
    chosen = () if injected else ("injectors=none",)
    return main(["-m", *overrides, *FAST, *chosen, f"output={root}"])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of four jobs; nobody may change it."""
    root = tmp_path_factory.mktemp("finished") / "sweep"
    assert (
        sweep(
            root,
            "metrics=[bleu,chrf],[chrf,bleu,chrfpp]",
            "weights=mqm_google,major_only",
            "injectors=[digit,year,negation,title]",
        )
        == 0
    )
    return root


def test_the_plan_is_every_combination_in_order() -> None:
    jobs = planned_jobs(["a=1,2", "b=x", "c=[p,q],[r]"])
    assert [job.number for job in jobs] == [0, 1, 2, 3]
    assert jobs[0].overrides == ("a=1", "b=x", "c=[p,q]")
    assert jobs[3].overrides == ("a=2", "b=x", "c=[r]")
    assert Plan(jobs, "", "").swept == ["a", "c"]
    assert planned_jobs([]) == (Job(0, ()),)


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    plan = Plan(planned_jobs(["a=1,2", 'b="河 北"']), "harness -m a=1,2", "2026-01-01T00:00:00")
    write_plan(tmp_path / "x", plan)
    assert read_plan(tmp_path / "x") == plan
    (tmp_path / "x" / "sweep.json").write_text('{"jobs": [')
    with pytest.raises(InputError, match="plan of the sweep is incomplete"):
        read_plan(tmp_path / "x")
    with pytest.raises(InputError, match="not the folder of a sweep"):
        read_plan(tmp_path)


def test_one_folder_a_job_and_one_table_of_all(finished: Path) -> None:
    assert {p.name for p in finished.iterdir()} >= {"0", "1", "2", "3", "tables", "report.html"}
    meta = rows(finished / "tables" / "meta_evaluation.csv")
    for job in range(4):
        own = rows(finished / str(job) / "tables" / "meta_evaluation.csv")
        joined = [r for r in meta if r["job"] == str(job)]
        assert [r["value"] for r in joined] == [r["value"] for r in own]
    settings = {r["job"]: r["setting"] for r in meta}
    assert settings["0"] == settings["2"] == "weights=mqm_google"
    assert settings["1"] == settings["3"] == "weights=major_only"
    jobs = rows(finished / "tables" / "jobs.csv")
    assert [r["state"] for r in jobs] == ["done"] * 4
    # bleu and chrf of the article's two systems are computed once, for all four jobs
    assert [int(r["computed"]) for r in jobs] == [52, 0, 26, 0]
    assert [int(r["reused"]) for r in jobs] == [0, 52, 52, 78]


def test_a_second_sweep_computes_nothing(finished: Path, tmp_path: Path) -> None:
    assert sweep(tmp_path / "again", "metrics=[bleu,chrf]", "weights=mqm_google,major_only") == 0
    jobs = rows(tmp_path / "again" / "tables" / "jobs.csv")
    assert sum(int(r["computed"]) for r in jobs) == 0
    assert sum(int(r["reused"]) for r in jobs) == 104


def test_the_page_shows_the_values_by_setting(finished: Path) -> None:
    plots = {p.name for p in (finished / "plots").iterdir()}
    assert plots == {"settings.svg"}
    assert '<img src="data:image/svg+xml;base64,' in (finished / "report.html").read_text("utf-8")


def test_links_lead_to_what_is_there(finished: Path, tmp_path: Path) -> None:
    """A run without a report is read in its record."""
    root = shutil.copytree(finished, tmp_path / "sweep")
    (root / "1" / "report.html").unlink()
    write_sweep(root)
    page = (root / "report.html").read_text(encoding="utf-8")
    links = set(re.findall(r'href="([^"#]*)"', page))
    assert {f"{n}/report.html" for n in (0, 2, 3)} | {"1/run.json"} == links
    assert all((root / link).is_file() for link in links)


def test_dots_are_the_values(finished: Path) -> None:
    tables = collect(finished).tables
    figure = SettingDots().draw(tables)
    assert figure is not None
    panels = [axes for axes in figure.axes if any(x.get_label() == "value" for x in axes.lines)]
    drawn = [
        round(float(np.asarray(line.get_xdata())[0]), 9)
        for axes in panels
        for line in axes.lines
        if line.get_label() == "value"
    ]
    frame = tables["meta_evaluation"]
    frame = frame[(frame["category"] == "all") & frame["value"].notna()]
    frame = frame.drop_duplicates([*TOPIC, "metric", "setting"])
    assert sorted(drawn) == sorted(round(float(v), 9) for v in frame["value"])
    one = {**tables, "meta_evaluation": frame[frame["setting"] == "weights=mqm_google"]}
    assert SettingDots().draw(one) is None
    assert SettingDots().draw({}) is None


@pytest.mark.slow
def test_each_job_is_told_of_with_what_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sweep(tmp_path / "s", "metrics=chrf", "systems.names=rated,[nobody],all") == 3
    captured = capsys.readouterr()
    assert "job 0 (" not in captured.out
    lines = [line for line in captured.err.split("\n") if re.match(r"job \d \(", line)]
    first = r"job 0 \(1 of 3, about .* left\): systems.names=rated: .*/0/report.html \(\d+.\d s\)"
    assert re.fullmatch(first, lines[0])
    assert lines[1].startswith("job 1 (2 of 3, about")
    assert lines[2].startswith("job 2 (3 of 3): systems.names=all: ")
    assert len(lines) == 3


def test_jobs_elsewhere_are_told_of_by_their_word(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "sweep"
    shutil.copytree(finished, root)
    plan = read_plan(root)
    progress = SweepProgress(plan, root)
    with progress.watching(every=0.01):
        pass
    assert capsys.readouterr().err == ""  # what an earlier sweep left does not count
    with progress.watching(every=0.01):
        write_success(root / "2", plan.jobs[2].overrides, 1.25)
        write_failure(root / "3", plan.jobs[3].overrides, 1.0, "why", "defect")
    two, three = capsys.readouterr().err.rstrip("\n").split("\n")
    assert two.startswith("job 2 (")
    assert two.endswith("/2/report.html (1.2 s)")
    assert three.startswith("job 3 (2 of 4, about ")
    assert three.endswith(": failed")


@pytest.mark.slow
def test_what_a_kill_at_any_moment_leaves_is_no_obstacle(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    root, end = tmp_path / "sweep", f"-{platform.node()}-{gone.pid}"
    root.mkdir()
    (root / ".sweep.json.partial").write_text('{"jo')
    check_root(root)
    for name in (f".0.partial{end}", f".0.old{end}", f".tables.partial{end}"):
        (root / name / "tables").mkdir(parents=True)
    (root / f".report.html.partial{end}").write_text("<ht")
    theirs = root / f".0.partial-elsewhere-{gone.pid}"  # on a disk that machines share
    theirs.mkdir()
    assert sweep(root, "metrics=chrf") == 0
    assert [p.name for p in root.glob(".*")] == [theirs.name]
    (root / "0" / ".status.json.partial").write_text("{")
    assert sweep(root, "metrics=chrf") == 0
    assert not list((root / "0").glob(".*"))


def test_a_slurm_launcher_needs_its_package(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.sweep.slurm.find_spec", lambda name: None)
    assert main(["-m", "metrics=chrf", "hydra/launcher=slurm_cpu", f"output={tmp_path}/x"]) == 2
    assert "pip install 'harness[slurm]'" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_a_dry_run_of_a_cluster_sweep_runs_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("submitit", reason="needs harness[slurm]")
    arguments = ["-m", "metrics=chrf,bleu", "hydra/launcher=slurm_gpu", "dry_run=true"]
    assert main([*arguments, f"output={tmp_path}/x"]) == 0
    assert capsys.readouterr().out.count("pieces to compute") == 2
    assert not (tmp_path / "x").exists()


def test_a_sweep_that_slurm_does_not_take_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("submitit", reason="needs harness[slurm]")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["-m", "metrics=chrf", "hydra/launcher=slurm_cpu", f"output={tmp_path}/x"]) == 2
    assert "could not be submitted" in capsys.readouterr().err


def test_submitted_jobs_are_those_since(tmp_path: Path) -> None:
    def submit(name: str, file: str) -> None:
        (tmp_path / ".submitit" / name).mkdir(parents=True)
        (tmp_path / ".submitit" / name / f"{name}_{file}").touch()

    assert SubmittedJobs(tmp_path).ids == []
    submit("3_0", "submitted.pkl")
    jobs = SubmittedJobs(tmp_path)
    submit("4", "submission.sh")
    submit("4_1", "submitted.pkl")
    submit("4_0", "submitted.pkl")
    assert jobs.ids == ["4_0", "4_1"]


def test_a_task_on_its_way_to_another_machine_takes_only_words_along(tmp_path: Path) -> None:
    progress = SweepProgress(Plan(planned_jobs(["x=1"]), "", ""), tmp_path)
    task = Task(["harness", "-m", "x=1"], datetime(2024, 1, 1), progress)
    copy = pickle.loads(pickle.dumps(task))
    assert (copy.command, copy.started) == (task.command, task.started)
    assert copy.progress is None and task.progress is progress


@pytest.mark.parametrize(
    ("override", "works"),
    [("dry_run=true,false", "dry_run=true"), ("output=a,b", "output=DIR")],
)
def test_what_holds_for_the_whole_sweep_is_given_once(
    override: str, works: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-m", "metrics=bleu,chrf", override]) == 2
    said = capsys.readouterr().err
    assert "holds for a whole sweep and is given several values" in said
    assert f"give one: {works}" in said


def test_overrides_of_hydra_belong_to_the_sweep() -> None:
    (job,) = planned_jobs(["metrics=bleu", "hydra.launcher.mem_gb=3", "hydra/launcher=slurm_cpu"])
    assert job.overrides == ("metrics=bleu",)


def test_a_bad_job_costs_only_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "sweep"
    assert sweep(root, "metrics=bleu", "systems.names=rated,[nobody]") == 3
    assert json.loads((root / "0" / "status.json").read_text())["state"] == "done"
    status = json.loads((root / "1" / "status.json").read_text())
    assert (status["state"], status["kind"]) == ("failed", "bad input")
    assert "there is no system 'nobody'" in (root / "1" / "error.txt").read_text()
    captured = capsys.readouterr()
    assert "1 of 2 jobs failed" in captured.err
    assert "systems.names=[nobody]" in captured.err
    page = (root / "report.html").read_text("utf-8")
    assert "there is no system &#39;nobody&#39;" in page
    assert 'href="0/report.html"' in page


@pytest.mark.slow
def test_a_defect_costs_only_its_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.runs import pipeline

    real = pipeline.run

    def broken(config: Any, *arguments: Any, **more: Any) -> Path:
        if "chrf" in config.metrics:
            raise ZeroDivisionError("a defect")
        return real(config, *arguments, **more)

    monkeypatch.setattr(pipeline, "run", broken)
    root = tmp_path / "sweep"
    assert sweep(root, "metrics=chrf,bleu") == 3
    assert "ZeroDivisionError: a defect" in (root / "0" / "error.txt").read_text()
    assert (root / "1" / "report.html").is_file()


def test_a_failed_job_is_done_by_the_same_command(tmp_path: Path) -> None:
    root = tmp_path / "sweep"
    check = planned_jobs(["metrics=bleu", *FAST, f"output={root}"])[0].overrides
    write_failure(root / "0", check, 0.1, "it failed", "defect")
    assert read_status(root / "0", check).state == "failed"
    assert sweep(root, "metrics=bleu") == 0
    assert not (root / "0" / "error.txt").exists()


def test_a_finished_job_is_kept_while_nothing_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "sweep"
    assert sweep(root, "metrics=chrf") == 0
    first = (root / "0" / "run.json").read_bytes()
    capsys.readouterr()
    assert sweep(root, "metrics=chrf") == 0
    assert (root / "0" / "run.json").read_bytes() == first
    assert "kept, nothing changed" in capsys.readouterr().err
    jobs = pd.read_csv(root / "tables" / "jobs.csv")
    assert (jobs["computed"].sum(), jobs["reused"].sum() > 0) == (0, True)


@pytest.mark.parametrize(
    "change",
    [
        "a file",
        *(
            pytest.param(text, marks=pytest.mark.slow)
            for text in ("a missing file", "the config", "the version")
        ),
    ],
)
def test_a_finished_job_is_done_again_where_something_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    root, more = tmp_path / "sweep", []
    assert sweep(root, "metrics=chrf") == 0
    first = json.loads((root / "0" / "run.json").read_text())["started"]
    table = root / "0" / "tables" / "scores.csv"
    good = table.read_bytes()
    if change == "a file":
        table.write_bytes(good.replace(b"chrf", b"chrF", 1))
    elif change == "a missing file":
        table.unlink()
    elif change == "the config":
        more = ["metrics.chrf.beta=3"]
    else:
        monkeypatch.setattr("harness.runs.record.__version__", "0.0.0")
    assert sweep(root, "metrics=chrf", *more) == 0
    status = json.loads((root / "0" / "status.json").read_text())
    assert status["kept"] is False
    assert (table.read_bytes() == good) is (change != "the config")
    assert first


@pytest.mark.slow
def test_a_job_whose_data_changed_is_done_again(tmp_path: Path) -> None:
    for name, text in {"zh": "甲\n乙\n", "ref": "a b\nc d\n", "mt": "a b\nc e\n"}.items():
        (tmp_path / name).write_text(text, "utf-8")
    own = [
        *("test_set=files", f"test_set.source={tmp_path}/zh"),
        *(f"test_set.references.refA={tmp_path}/ref", f"test_set.systems.mt={tmp_path}/mt"),
    ]
    root = tmp_path / "sweep"
    kept = []
    for text in ("a b\nc e\n", "a b\nc e\n", "a b\nc d\n"):
        (tmp_path / "mt").write_text(text, "utf-8")
        assert sweep(root, "metrics=chrf", *own) == 0
        kept.append(json.loads((root / "0" / "status.json").read_text())["kept"])
    assert kept == [False, True, False]


def test_a_job_whose_config_names_a_changed_file_is_done_again(tmp_path: Path) -> None:
    from harness.sweep.finished import _named_files

    glossary = tmp_path / "g.tsv"
    glossary.write_text("x", "utf-8")
    node = {"a": [{"b": str(glossary)}, 3, None], "c": "no file", "d": "\0"}
    assert list(_named_files(node)) == [str(glossary)]


@pytest.mark.parametrize(
    "status",
    [
        "{",
        *(
            pytest.param(text, marks=pytest.mark.slow)
            for text in ("3", '{"state": "done"}', '{"versions": null}')
        ),
    ],
)
def test_a_job_with_a_damaged_status_is_done_again(tmp_path: Path, status: str) -> None:
    root = tmp_path / "sweep"
    assert sweep(root, "metrics=chrf") == 0
    (root / "0" / "status.json").write_text(status)
    assert sweep(root, "metrics=chrf") == 0
    assert json.loads((root / "0" / "status.json").read_text())["kept"] is False


def test_what_finished_is_put_together_after_a_kill(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "killed"
    shutil.copytree(finished, root)
    whole = (root / "tables" / "meta_evaluation.csv").read_bytes()
    shutil.rmtree(root / "tables")
    (root / "report.html").unlink()
    assert main(["report", str(root)]) == 0
    assert (root / "tables" / "meta_evaluation.csv").read_bytes() == whole
    shutil.rmtree(root / "1")
    (root / "2" / "status.json").unlink()
    (root / "3" / "run.json").write_text("{")
    assert main(["report", str(root)]) == 3
    assert [r["state"] for r in rows(root / "tables" / "jobs.csv")] == ["done", *["lost"] * 3]
    assert "3 of 4 jobs failed" in capsys.readouterr().err
    assert main(["report", str(tmp_path)]) == 2


def test_the_run_of_another_sweep_does_not_count(finished: Path, tmp_path: Path) -> None:
    root = tmp_path / "other"
    shutil.copytree(finished, root)
    write_plan(root, Plan(planned_jobs(["metrics=ter,chrf"]), "harness", ""))
    assert [s.state for s in collect(root).statuses.values()] == ["lost", "lost"]


def test_a_foreign_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    assert sweep(tmp_path / "mine", "metrics=bleu,chrf") == 2
    assert "holds something other than a sweep" in capsys.readouterr().err
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    with pytest.raises(InputError, match="is a file"):
        check_root(tmp_path / "mine" / "thesis.txt")


def test_a_dry_run_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    planned, two = set(), ("injectors=[digit,negation]",)
    for before in (0, 1):
        if before:
            assert main(["metrics=bleu", *FAST, *two, "output=run"]) == 0
            shutil.rmtree(tmp_path / "run")
        for arguments in (["metrics=bleu"], ["-m", "metrics=bleu,bleu"]):
            capsys.readouterr()
            assert main([*arguments, *FAST, *two, "dry_run=true", f"output={tmp_path / 'x'}"]) == 0
            found = re.search(r"(\d+) of (\d+) pieces", capsys.readouterr().out)
            assert found
            planned.add(found[2])
            assert found[1] == ("0" if before else found[2])
        assert {p.name for p in tmp_path.iterdir()} <= {"cache"}
    assert len(planned) == 1
    assert int(planned.pop()) > 2 + 2  # also the injected systems, of two bases
    assert main(["dry_run=perhaps", *FAST]) == 2


def meta(values: dict[str, dict[str, float]]) -> pd.DataFrame:
    """setting -> metric -> value, of one topic."""
    return pd.DataFrame(
        [
            dict(zip(TOPIC, ("segment", "all", "pearson", "none", ""), strict=True))
            | {"setting": setting, "metric": metric, "value": value}
            for setting, own in values.items()
            for metric, value in own.items()
        ]
    )


def test_stability_by_hand() -> None:
    frame = meta({"x": {"a": 3.0, "b": 2.0, "c": 1.0}, "y": {"a": 3.0, "b": 1.0, "c": 2.0}})
    (row,) = rank_stability(frame).itertuples()
    assert row.tau == pytest.approx(1 / 3)  # 2 concordant, 1 discordant of 3
    assert (row.n_flipped, row.n_pairs, row.n_metrics) == (1, 3, 3)
    ranks = metric_ranks(frame).set_index("metric")
    assert ranks.loc["a", ["mean_rank", "best_rank", "worst_rank"]].tolist() == [1, 1, 1]
    assert ranks.loc["b", ["mean_rank", "best_rank", "worst_rank"]].tolist() == [2.5, 2, 3]


def test_stability_of_what_is_missing_or_constant() -> None:
    frame = meta({"x": {"a": 3.0, "b": np.nan}, "y": {"a": 3.0, "b": 1.0}})
    (row,) = rank_stability(frame).itertuples()
    assert np.isnan(row.tau)
    assert (row.n_metrics, row.n_pairs) == (1, 0)
    assert metric_ranks(frame)["metric"].tolist() == ["a"]
    constant = meta({"x": {"a": 1.0, "b": 1.0}, "y": {"a": 1.0, "b": 2.0}})
    assert np.isnan(rank_stability(constant)["tau"].item())
    assert rank_stability(meta({"x": {"a": 1.0}})).empty


def test_the_order_of_settings_and_metrics_does_not_matter() -> None:
    values = {"x": {"a": 3.0, "b": 2.0, "c": 1.0}, "y": {"a": 1.0, "b": 5.0, "c": 2.0}}
    turned = {s: dict(reversed(own.items())) for s, own in reversed(values.items())}
    assert rank_stability(meta(values))["tau"].item() == pytest.approx(
        rank_stability(meta(turned))["tau"].item()
    )


def test_hostile_text_is_escaped(tmp_path: Path) -> None:
    jobs = (Job(0, ("a=<script>alert(1)</script>",)), Job(1, ("a=\u202e",)))
    write_plan(tmp_path, Plan(jobs, "<img src=x onerror=alert(1)>", "now"))
    write_failure(tmp_path / "0", jobs[0].overrides, 1.0, "</pre><script>x</script>", "defect")
    page = render_sweep(collect(tmp_path))
    assert page.count("<script") == 1 and page.count(f"<script>{page_script(TABLE_SCRIPTS)}") == 1
    assert "<img" not in page
    assert "\u202e" not in page
    write_sweep(tmp_path)
    assert (tmp_path / "tables" / "jobs.csv").is_file()


def test_large_tables_of_the_page_need_no_script(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.report.grids.LARGE", 0)
    text = render_sweep(collect(finished))
    assert "<template" not in text
    assert text.count("<table") > 3


def test_findings_are_claims_with_their_evidence(finished: Path) -> None:
    claims = sweep_claims(collect(finished))
    assert {claim.rule for claim in claims} <= {"changed_order", "equal_settings"}
    page = html.unescape(render_sweep(collect(finished)))
    for claim in claims:
        assert claim.text in page
        assert claim.licence in page


def test_the_order_in_two_settings_is_a_row(finished: Path) -> None:
    (grid,) = _stability(collect(finished))
    frame = collect(finished).tables["rank_stability"]
    pairs = frame.drop_duplicates(["setting_1", "setting_2"])
    assert len(grid.rows) == len(pairs) == 1
    shown = [cell.detail for cell in grid.rows[0].cells[2:] if cell.detail]
    told = frame[frame["tau"].notna()]
    assert shown == [f"{r.n_flipped} of {r.n_pairs}" for r in told.itertuples()]


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium to open the page")
def test_tables_of_the_page_are_sorted_and_copied(finished: Path) -> None:
    browser = Browser()
    try:
        browser.open((finished / "report.html").as_uri())
        values = "[...table.tBodies[0].rows].map((r) => r.cells[1].querySelector('a')?.textContent)"
        browser.value(
            "(() => { window.table = [...document.querySelectorAll('#agreement table')]"
            ".find((t) => t.tBodies[0].querySelectorAll('td:nth-child(2) a').length > 2); })()"
        )
        browser.value("table.tHead.querySelectorAll('button')[1].click()")
        shown = [float(v.replace("−", "-")) for v in browser.value(values) if v]
        assert len(set(shown)) > 2 and shown == sorted(shown, reverse=True)
        browser.value("navigator.clipboard.writeText = async (t) => { window.copied = t; }")
        browser.value("document.querySelector('#jobs [aria-label$=\"as CSV\"]').click()")
        assert browser.value("window.copied").startswith('"')
        assert browser.complaints() == [] and browser.requests() == []
    finally:
        browser.close()
