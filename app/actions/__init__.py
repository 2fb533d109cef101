"""Writing: (connection, command) to result, in the caller's transaction, with a row in the log."""
