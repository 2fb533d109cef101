"""What partners read: an article and a feed in every form they ask for, written by pure renderers."""
