"""Alembic's scripts, run by `Database.migrate`; file names begin with the revision number."""
