"""Actions on catalogue entries: editions, sections, tags, labels and authors."""
