"""What every package may use: folders, processes, progress, checks, formatting."""
