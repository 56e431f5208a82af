"""A test set x metrics -> scores."""
