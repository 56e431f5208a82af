"""The gate: did a metric, or a translation system, get worse than in an earlier run?

Nothing heavy is imported here: the pytest plug-in of this package is loaded in every pytest.
"""
