"""PostgreSQL: connections, time limits, commit notification and presence of followers."""
