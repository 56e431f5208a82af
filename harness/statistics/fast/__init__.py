"""Fast code for statistics: exchange tests and resampling in arrays, instead of one value per draw.

``exchange`` and ``resampling`` define the input and output, and a slow way that works for any
statistic; the other modules are fast ways for some statistics. They work on arrays and do not know
the statistics.
"""
