"""Writing test sets: one module per format, each with ``write(test_set, folder) -> Export``.

An export is read back and compared before the folder appears, and everything that the format cannot
hold is named, never dropped silently.
"""

from harness.test_sets.writers.base import Export

__all__ = ["Export"]
