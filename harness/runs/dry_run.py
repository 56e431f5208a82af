"""What a run would compute, in a sentence, without computing it."""

from __future__ import annotations

from omegaconf import DictConfig

from harness.support.checks import check_flag

__all__ = ["planned"]


def planned(config: DictConfig, name: str = "") -> str:
    """What the run of ``config``, called ``name``, would compute and how long that takes. Nothing
    is computed or written.

    Raises
    ------
    InputError
        Anything that a person can get wrong.
    """
    from harness.runs import pipeline

    check_flag("dry_run", config.dry_run)
    rows = pipeline.plan(config)
    pieces, kept = int(rows["pieces"].sum()), int(rows["kept"].sum())
    unknown = rows.loc[rows["seconds"].isna(), "metric"].tolist()
    number = int(rows["segments"].sum())
    parts = [f"{pieces - kept} of {pieces} pieces to compute ({number} scores)"]
    if len(unknown) < len(rows):
        parts.append(f"about {rows['seconds'].sum():.1f} CPU seconds")
    if unknown:
        joint = "and " if len(unknown) < len(rows) else ""
        parts.append(f"{joint}an unknown time for {', '.join(unknown)}")
    return f"{name or 'run'}: {', '.join(parts)}"
