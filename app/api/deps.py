"""What routes are handed."""

from fastapi import Request

from app.db.session import Database


def database_of(request: Request) -> Database:
    """The database of this installation."""
    database: Database = request.app.state.database
    return database
