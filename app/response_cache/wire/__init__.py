"""Wire cache: responses sent by the HTTP protocol before ASGI."""
