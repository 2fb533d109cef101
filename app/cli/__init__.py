"""The command line: one file per command group; errors are one sentence and exit status 2."""
