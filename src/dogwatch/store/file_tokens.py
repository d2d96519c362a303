"""Rows of tokens for video files that have logged out; a row stays until its token would have expired."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from dogwatch.store.tables import revoked_file_tokens


def revoke(connection: Connection, token_id: str, expires_at: float, now: float) -> None:
    """Add a token, and forget those that have expired."""
    connection.execute(delete(revoked_file_tokens).where(revoked_file_tokens.c.expires_at < now))
    if not is_revoked(connection, token_id):
        connection.execute(insert(revoked_file_tokens).values(id=token_id, expires_at=expires_at))


def is_revoked(connection: Connection, token_id: str) -> bool:
    """Whether a token has logged out."""
    query = select(revoked_file_tokens.c.id).where(revoked_file_tokens.c.id == token_id)
    return connection.execute(query).first() is not None
