"""HTTP connections: limits on what a client may send, hold open or leave unread, and errors before ASGI."""
