"""Minimal pairs: injected errors and challenge sets, and metrics judged by them."""
