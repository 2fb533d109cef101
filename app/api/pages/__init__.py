"""Pages for people, and their files: they load nothing from other hosts, and work without scripts."""
