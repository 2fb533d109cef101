"""SQLite: connections, commit detection, read budget and detection of replaced files."""
