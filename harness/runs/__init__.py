"""One run: its setup, its stages, its folder."""
