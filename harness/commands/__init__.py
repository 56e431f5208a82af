"""The command line: ``harness`` and its subcommands, a module each.

The module ``harness/commands/NAME.py`` is the subcommand NAME: ``arguments(parser)`` says what it
takes, ``execute(options)`` does it and gives the exit code. :data:`harness.commands.main.COMMANDS`
registers it. A module is imported only when its subcommand is called.
"""
