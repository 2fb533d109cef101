"""Reading: (connection, question) to schema; no ORM, statements built once."""
