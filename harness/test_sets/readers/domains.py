"""Which domains of a test set are read: one, several or all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from harness.errors import InputError, unknown_name
from harness.support.formatting import listed

__all__ = ["Domains", "chosen_domains", "named"]

#: The value of ``domain``: a domain, a list of them, or null (all).
Domains = str | Sequence[str] | None


def chosen_domains(
    domain: Domains, known: Collection[str] | None, file: str | Path
) -> list[str] | None:
    """The domains to keep, each once; None: all.

    Parameters
    ----------
    domain
        As the reader was given it.
    known
        Those that the test set has; None: not known, any will do.
    file
        Where the domains stand, for messages.

    Raises
    ------
    InputError
        It is no text, an empty list, or names a domain that the test set does not have.
    """
    if domain is None:
        return None
    names = [domain] if isinstance(domain, str) else domain
    wrong = not isinstance(names, Sequence) or not all(isinstance(n, str) and n for n in names)
    if wrong or not names:
        raise InputError(
            "the value test_set.domain is neither a domain nor a list of domains",
            found=repr(domain)[:100],
            expected="for example news, or 'test_set.domain=[news,speech]'",
        )
    for name in names:
        if known is not None and name not in known:
            raise unknown_name("domain", name, known, file=file)
    return list(dict.fromkeys(names))


def named(domains: Sequence[str]) -> str:
    """``the domain news``, ``the domains news and speech``."""
    return f"the domain{'s' if len(domains) > 1 else ''} {listed(domains)}"
