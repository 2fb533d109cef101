"""Log lines of a process, which no request can forge and which hold neither secrets nor content."""
