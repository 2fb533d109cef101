"""HTTP: one file per resource; a route takes arguments, calls one function, answers."""
