"""Background tasks of a process: scheduled publication, maintenance, CDN purges, shutdown signals."""
