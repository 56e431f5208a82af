"""Error spans and weights -> ratings; how far raters agree."""
