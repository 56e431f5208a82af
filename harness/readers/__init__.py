"""Readers: files of one format -> a :class:`harness.tables.TestSet`.

Each module reads one format: :mod:`plain_text` (one segment a line), :mod:`jsonl` (one object a
line, annotations included), :mod:`marot` (MQM annotations as Google's Marot viewer has them),
:mod:`wmt` (the full texts of a WMT task with MQM annotations of some documents), :mod:`mtme` (the
layout of mt-metrics-eval) and :mod:`score_files` (its files of scores and ratings).
"""
