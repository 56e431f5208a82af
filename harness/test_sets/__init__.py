"""Test sets: named ones, readers, writers, checks, selection."""
