"""Readers: files of one format -> a :class:`harness.tables.TestSet`.

Each module reads one format: :mod:`plain_text` (one segment per line), :mod:`jsonl` (one object a
line, annotations included), :mod:`marot` (MQM annotations as Google's Marot viewer has them),
:mod:`wmt` (the full texts of a WMT task with MQM annotations of some documents), :mod:`qe_spans`
(the same with error spans of the quality estimation task), :mod:`ratings_file` (ratings of
segments as numbers), :mod:`challenge` (pairs of a good and an incorrect translation), :mod:`mtme`
and :mod:`mtme_folder` (the layout of mt-metrics-eval), :mod:`score_files` (its files of scores and
ratings), :mod:`keyed_scores` (a user's scores), :mod:`mqm_tsv` (an annotation file as a whole test
set), :mod:`wmt_xml` (all texts of a WMT task in one file) and :mod:`expressions` (expressions
marked in the source).
"""
