"""``python -m harness``: the same as the command ``harness``."""

from harness.commands.main import run_process

if __name__ == "__main__":
    run_process()
