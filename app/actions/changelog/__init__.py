"""Actions on the change log: append, compact, and recover after a restored backup."""
