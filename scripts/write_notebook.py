"""Write docs/notebook.ipynb, executed: a walk through the public face on WMT23 news.

    HARNESS_MIRROR=DIR python scripts/write_notebook.py

Run after changing what a cell shows; tests/test_notebook.py executes the notebook again and holds
its texts to the committed ones.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

PATH = Path(__file__).resolve().parent.parent / "docs" / "notebook.ipynb"

CELLS = [
    """# Which metric sees which kind of error?

This notebook goes from a test set to a finding with the Python face of harness. It scores the
WMT23 Chinese→English news translations with two string metrics and asks, for each kind of error
that people marked, whether a metric prefers the translation with less of it.

The first cell downloads 8.5 MB unless the files are there already.""",
    "import harness as h",
    'test_set = h.load_test_set("wmt23_zhen_news")\ntest_set',
    """## Score

Metrics are named as on the command line. A plain function of a source, a translation and its
references is a metric too: here one that compares lengths. The *sentinel* `length` knows nothing of
quality; a metric that does not beat it has shown nothing.""",
    '''def length_match(source, hypothesis, references):
    """Higher is better: 0 where the translation is as long as the reference."""
    return -abs(len(hypothesis) - len(references[0]))


scores = h.score(test_set, ["bleu", "chrf", length_match], sentinels=["length"])
scores''',
    """## Rate

Raters marked errors; MQM weights turn them into ratings, 0 being best. The view `news` sorts errors
into the categories that matter in news.""",
    'ratings = h.rate(test_set, weights="mqm_google", views=["news"])\nratings',
    """## Agreement overall

`settings` take any override of the command line. Few samples keep this cell quick; leave them out
for a result to quote.""",
    """agreement = h.meta_evaluate(
    test_set, scores, ratings, settings=["resampling.samples=100", "metric_tests.samples=100"]
)
of_systems = agreement.table[agreement.table["statistic"] == "soft_pairwise_accuracy"]
of_systems[["metric", "value", "low", "high", "n_systems"]].round(3)""",
    """## Agreement by kind of error

Of two translations of one sentence, does the metric prefer the one with less of this error? 0.5 is
chance. `tier` says whether the raters agree well enough for the category to be judged at all.""",
    """by_category = h.categories(test_set, scores, ratings)
table = by_category.table
judged = table[table["tier"].isin(["reliable", "weak"]) & (table["kind"] != "human")]
judged.pivot(index="category", columns="metric", values="value").round(3)""",
    "by_category.plot()",
    """## Errors put in on purpose

Without ratings, put known errors into translations and count how often each metric notices. The
article that comes with harness serves here; its source, references and annotations were made for
this project, not by professional translators.""",
    """injected = h.inject("article", ["bleu", "chrf"], injectors=["digit", "negation", "typo"])
injected.table[["metric", "injector", "n", "accuracy", "relative_drop"]].round(3)""",
    """## A wrong name

… is answered with the names there are.""",
    """try:
    h.score(test_set, ["blue"])
except h.InputError as error:
    print(error)""",
]


def notebook() -> nbformat.NotebookNode:
    """The cells, not executed."""
    book = nbformat.v4.new_notebook()
    for number, text in enumerate(CELLS):
        prose = text.startswith(("# ", "## "))
        make = nbformat.v4.new_markdown_cell if prose else nbformat.v4.new_code_cell
        cell = make(text)
        cell["id"] = f"cell-{number}"
        book.cells.append(cell)
    book.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    return book


def execute(book: nbformat.NotebookNode, folder: Path) -> None:
    """Run every cell in a fresh kernel started in ``folder``; the outputs stand in the cells."""
    NotebookClient(book, timeout=600, resources={"metadata": {"path": str(folder)}}).execute()
    for cell in book.cells:
        cell.metadata.pop("execution", None)  # times of day


if __name__ == "__main__":
    made = notebook()
    execute(made, PATH.parent)
    nbformat.write(made, PATH)
