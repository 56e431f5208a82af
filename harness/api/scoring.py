"""Scores, comparisons of systems and injected errors: what needs no ratings.

Wherever a function takes an object, it also takes its name in conf/. ``settings`` are overrides as
on the command line, for example ``["metrics.bleu.tokenize=zh"]``; everything else has the same
default as there.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike

import pandas as pd

from harness.api.options import (
    MetricLike,
    injectors_of,
    metrics_of,
    part_of,
    test_set_of,
)
from harness.api.results import (
    InjectedErrors,
    Scores,
    SystemTests,
    same_test_set,
)
from harness.config.objects import build
from harness.errors import InputError
from harness.metrics import Metric
from harness.metrics.groups import only_metrics, with_members
from harness.metrics.stored import with_score_files
from harness.report.summary import metric_table, system_table
from harness.scoring.stage import score_test_set
from harness.scoring.surroundings import languages_of, suited
from harness.scoring.texts import reference_count
from harness.tables import RATINGS, TestSet, table
from harness.test_sets.left_out import leave_out_unreferenced
from harness.test_sets.readers import plain_text
from harness.test_sets.selection import choose_references

__all__ = ["compare_systems", "inject", "read_texts", "score"]


def read_texts(
    source: str | PathLike[str],
    systems: Mapping[str, str | PathLike[str]],
    references: Mapping[str, str | PathLike[str]] | None = None,
    *,
    name: str = "texts",
    documents: str | PathLike[str] | None = None,
) -> TestSet:
    """A test set from plain text files, one segment per line.

    Parameters
    ----------
    source
        The file of the source text.
    systems, references
        Name -> file. Without references, only metrics that need none can be used.
    name
        The name of the test set.
    documents
        A file with the name of each segment's document, one per line; without it, everything is one
        document.

    Raises
    ------
    InputError
        A file is absent, not UTF-8, or has another number of lines than the source.
    """
    return plain_text.read(
        name,
        str(source),
        {key: str(path) for key, path in (references or {}).items()},
        {key: str(path) for key, path in systems.items()},
        documents=None if documents is None else str(documents),
    )


def score(
    test_set: str | TestSet,
    metrics: MetricLike | Iterable[MetricLike] | Mapping[str, MetricLike],
    *,
    sentinels: str | Iterable[str] = (),
    references: str | Sequence[str] = "first",
    workers: int | None = None,
    settings: Sequence[str] = (),
) -> Scores:
    """Score every system of a test set with every metric.

    Parameters
    ----------
    test_set
        A test set or its name.
    metrics
        Names, metrics or functions of (source, hypothesis, references) that return a number, higher
        is better; or name in tables -> any of these.
    sentinels
        Names of baselines that do not look at quality: random, length, length_ratio, copy_source.
    references
        'first' (of the test set), 'all', or names.
    workers
        Number of worker processes; default: as many as there are processors available.
    settings
        Parameters of metrics and sentinels given by name: ``["metrics.bleu.tokenize=zh"]``.

    Returns
    -------
    Scores
        ``.table`` is SCORES, ``.systems`` a row for each system. A translation without a score is
        NaN, and its status says why. Segments without a reference are left out, with a Python
        warning that names them, if a metric reads references; ``.test_set`` is without them too.

    Raises
    ------
    InputError
        A name is unknown (the message lists those that exist), a setting is no parameter of a
        chosen metric, or a metric needs a reference and there is none.
    """
    test_set = test_set_of(test_set)
    of_sentinels = [s for s in settings if s.lstrip("+").startswith("sentinels.")]
    selected = metrics_of(metrics, [s for s in settings if s not in of_sentinels])
    members = with_members(test_set, selected)
    test_set, given = members.test_set, dict(members.metrics)
    names = [sentinels] if isinstance(sentinels, str) else list(sentinels)
    found = only_metrics(metrics_of(names, of_sentinels, "sentinels"))
    baselines = {**members.sentinels, **{k: m for k, m in found.items() if k not in given}}
    every = {**given, **baselines}
    if not every:
        raise InputError("no metric is selected", remedy='choose some, e.g. ["bleu", "chrf"]')
    test_set = with_score_files(test_set, every)
    languages = languages_of(test_set)
    given, baselines = suited(given, languages), suited(baselines, languages)
    every = {**given, **baselines}
    chosen = choose_references(test_set, references)
    if chosen and any(metric.needs.reference for metric in every.values()):
        test_set, lost = leave_out_unreferenced(test_set, chosen)
        if lost is not None:
            warnings.warn(str(lost), stacklevel=2)
    scored = score_test_set(test_set, every, references=chosen, workers=workers)
    return Scores(
        test_set,
        {
            "scores": scored.scores,
            "document_scores": scored.documents,
            "metric_spans": scored.spans,
            "metrics": metric_table(given, baselines, reference_count(test_set, chosen)),
            "systems": system_table(test_set, scored.scores, table([], RATINGS)),
        },
        metrics=every,
        sentinels=tuple(baselines),
        references=tuple(chosen),
        scored=scored,
    )


def inject(
    test_set: str | TestSet,
    metrics: MetricLike | Iterable[MetricLike] | Mapping[str, MetricLike] = (),
    *,
    injectors: str | Sequence[str] = "all",
    references: str | Sequence[str] = "first",
    settings: Sequence[str] = (),
) -> InjectedErrors:
    """Put known errors into translations, and measure which of them each metric notices.

    Parameters
    ----------
    metrics
        As in :func:`score`; without any, pairs are made but not scored.
    injectors
        Kinds of error by name (harness list injectors), or 'all'.
    references
        The references given to the metrics; these never receive errors.
    settings
        Overrides such as ``["injection.base=refB"]``.

    Raises
    ------
    InputError
        A name is unknown, or there is no translation to put errors into.
    """
    from harness.minimal_pairs.injected_systems import inject as put_in
    from harness.minimal_pairs.injections import injections, scorable

    test_set = test_set_of(test_set)
    injection = build(part_of(*settings).injection)
    chosen = choose_references(test_set, references)
    injected = put_in(
        test_set,
        injectors_of(injectors),
        injection,
        references=chosen,
        ratings=_ratings_of(test_set),
    )
    settings_of_metrics = [s for s in settings if s.startswith("metrics.")]
    selected = metrics_of(metrics, settings_of_metrics)
    # The scores of a group are stored, so it cannot score new texts.
    given = scorable({k: m for k, m in selected.items() if isinstance(m, Metric)})
    tables = {"injected_pairs": injected.pairs}
    if given:
        given = suited(given, languages_of(test_set))
        scored = score_test_set(test_set, given, references=chosen)
        wrong = score_test_set(injected.test_set, given, references=chosen)
        both = pd.concat([scored.scores, wrong.scores], ignore_index=True)
        tables |= injections(injected, both, injection).tables
        tables["metrics"] = metric_table(given, {}, reference_count(test_set, chosen))
    return InjectedErrors(test_set, tables, injected=injected)


def compare_systems(
    test_set: str | TestSet, scores: Scores, *, settings: Sequence[str] = ()
) -> SystemTests:
    """Test every two systems by every metric: paired bootstrap and approximate randomisation.

    ``settings`` are overrides such as ``["system_tests.bootstrap=0"]``.

    Raises
    ------
    InputError
        ``scores`` are of another test set, or a setting is refused.
    """
    from harness.system_comparison.stage import compare_systems as compare

    test_set = same_test_set(test_set, scores)
    if scores.scored is None:
        raise InputError("these scores were read from tables", remedy="score the test set")
    own = {k: m for k, m in scores.metrics.items() if k not in scores.sentinels}
    testing = build(part_of(*settings).system_tests)
    found = compare(test_set, own, scores.scored.segments, testing)
    return SystemTests(
        test_set,
        {
            **scores.tables,
            "system_tests": found.tests,
            "system_intervals": found.intervals,
        },
    )


def _ratings_of(test_set: TestSet) -> pd.DataFrame | None:
    """The ratings by which the best system is chosen, as in a run; None without any."""
    from harness.api.meta_evaluation import rate

    if test_set.annotations.empty and test_set.given_ratings.empty:
        return None
    return rate(test_set).table
