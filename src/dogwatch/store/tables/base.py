"""What all tables have in common."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, MetaData, event

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Long = BigInteger().with_variant(Integer, "sqlite")  # whose integers are all long, and which counts up only these
"""A number that may not fit into 32 bits."""


@event.listens_for(metadata, "before_create")
def _keep_conditions_of_indexes(_: object, connection: Connection, **__: Any) -> None:
    """Take `sqlite_where` for PostgreSQL as well. Said there, it would load that dialect everywhere: 2.7 MiB."""
    if connection.dialect.name != "sqlite":
        for table in metadata.tables.values():
            for index in table.indexes:
                if (where := index.dialect_options["sqlite"]["where"]) is not None:
                    index.dialect_options[connection.dialect.name]["where"] = where
