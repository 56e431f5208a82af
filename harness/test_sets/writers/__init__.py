"""Test sets into files: one format a module, each with ``write(test_set, folder) -> Export``.

What is written is complete: it is read back and compared before the folder appears, and what the
format cannot hold is named, never dropped in silence.
"""

from harness.test_sets.writers.base import Export

__all__ = ["Export"]
