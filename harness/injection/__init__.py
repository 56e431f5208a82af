"""Injected errors: a translation with one known error; one class per kind of error.

An injector is a frozen dataclass; its parameters are fields. :meth:`Injector.sites` lists the
places of a translation where its error fits, and :meth:`Injector.inject` uses one of them.
"""

from harness.injection.base import Edit, Injected, Injector, Passage

__all__ = ["Edit", "Injected", "Injector", "Passage"]
