"""What statistics do fast: exchange tests and resampling in arrays, instead of one value a draw.

``exchange`` and ``resampling`` say what a statistic is given and gives back, and do it the slow way
for any statistic; the other modules are the fast ways of some. They know arrays, not statistics.
"""
