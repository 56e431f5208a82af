"""How well each metric sees each category of error."""
