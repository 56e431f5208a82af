"""Neural metrics: one engine that encodes texts, and one file per metric.

:mod:`work` plans what is encoded together, :mod:`engine` does it, :mod:`metric` is what the metrics
have in common. The extra ``harness[neural]`` is imported when a metric scores, not before.
"""
