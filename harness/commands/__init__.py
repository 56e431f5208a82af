"""The command line: ``harness`` and its subcommands."""
