"""What every package may lean on: folders, processes, progress, checks, formatting."""
