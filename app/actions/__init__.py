"""Actions: functions that change tables and append to the change log in the caller's transaction."""
