"""Sweeps: many runs from one command, and results across them.

A sweep's folder holds ``sweep.json`` (the plan: every job with its overrides), a folder ``N`` for
each job (a whole run with its ``status.json``, or, where the job failed, ``status.json`` and
``error.txt``), and what is put together from them: ``tables/*.csv`` and ``report.html``.
Everything is read from disk, so tables and report can be made again from the jobs that finished,
even after the driver was killed.
"""
