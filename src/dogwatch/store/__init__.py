"""The database: tables, migrations, one query module a resource, and a single writer."""
