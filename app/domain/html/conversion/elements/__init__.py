"""What the elements of a document become: one file for each kind of block."""
