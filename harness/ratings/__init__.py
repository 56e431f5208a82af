"""Annotated errors and weights -> ratings; how far raters agree."""
