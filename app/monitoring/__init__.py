"""Publishing what a serving process and its services measure."""
