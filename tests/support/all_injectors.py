"""Every kind of injected error, and what must hold of each edit."""

from __future__ import annotations

from omegaconf import OmegaConf

from harness.config.objects import build
from harness.injection import Injector, Passage
from harness.support.resources import resource_folder

FILES = sorted(
    f
    for f in (resource_folder("conf") / "injectors").glob("*.yaml")
    if f.stem not in {"all", "none"}
)


INJECTORS: dict[str, Injector] = {f.stem: build(OmegaConf.load(f)[f.stem]) for f in FILES}


def check(injector: Injector, passage: Passage) -> bool:
    """One edit, inside the text, that changes it, the same at every call; whether there is one."""
    text = passage.hypothesis
    sites = injector.sites(passage)
    assert list(sites) == sorted(sites, key=lambda e: (e.start, e.end, e.text))
    assert len(set(sites)) == len(sites)
    for edit in sites:
        assert 0 <= edit.start <= edit.end <= len(text)
        assert text[edit.start : edit.end] != edit.text
        assert (edit.source_start is None) == (edit.source_end is None)
        if edit.source_start is not None and edit.source_end is not None:
            assert 0 <= edit.source_start < edit.source_end <= len(passage.source)
    injected = injector.inject(passage)
    assert injected == injector.inject(passage)
    if injected is None:
        assert not sites
        return False
    edit = injected.edit
    assert injected.n_sites == len(sites)
    assert injected.hypothesis != text
    assert injected.hypothesis[: edit.start] == text[: edit.start]
    assert injected.hypothesis[edit.start + len(edit.text) :] == text[edit.end :]
    assert injected.hypothesis[edit.start : edit.start + len(edit.text)] == edit.text
    return True
