"""Tests of neural metrics run beside others: a model uses one processor."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> None:
    torch = pytest.importorskip("torch", reason="needs harness[neural]")
    torch.set_num_threads(1)
