"""A config that describes an object of another kind than its place needs."""

from __future__ import annotations

import pytest

from harness.config.compose import config_of
from harness.errors import InputError
from harness.runs.setup import set_up


@pytest.mark.parametrize("group", ["views", "plots", "statistics", "metrics", "claims"])
def test_an_object_of_another_kind_is_refused(group: str) -> None:
    kind = "ratings.views.News" if group != "views" else "metrics.sacrebleu.BLEU"
    override = f"+{group}.x._target_=harness.{kind}"
    with pytest.raises(InputError, match="the config of 'x' describes no "):
        set_up(config_of(["test_set=article", override], None))
