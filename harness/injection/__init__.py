"""Injected errors: a translation with one known error put in; one kind of error a class.

An injector is a frozen dataclass; its parameters are fields. It says at which sites of a
translation its error fits (:meth:`Injector.sites`), and :meth:`Injector.inject` takes one of them.
"""

from harness.injection.base import Edit, Injected, Injector, Passage

__all__ = ["Edit", "Injected", "Injector", "Passage"]
