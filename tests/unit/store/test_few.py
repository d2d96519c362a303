import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect

from dogwatch.store.few import few, listed
from dogwatch.store.tables import event_groups, events


@pytest.mark.parametrize(
    ("dialect", "condition"),
    [
        (SQLiteDialect_pysqlite(), "events.group_id IN (SELECT event_groups.id FROM event_groups)"),
        (
            PGDialect_psycopg(),  # type: ignore[no-untyped-call]
            "events.group_id = ANY (ARRAY(SELECT event_groups.id FROM event_groups))",
        ),
    ],
    ids=["sqlite", "postgresql"],
)
def test_the_condition_in_each_database(dialect: Dialect, condition: str) -> None:
    query = select(events.c.id).where(few(events.c.group_id, select(event_groups.c.id)))
    text = " ".join(str(query.compile(dialect=dialect)).split())
    assert text == f"SELECT events.id FROM events WHERE {condition}"


@pytest.mark.parametrize(
    ("dialect", "texts", "numbers"),
    [
        (SQLiteDialect_pysqlite(), "IN (SELECT value FROM json_each(?))", "IN (SELECT value FROM json_each(?))"),
        (
            PGDialect_psycopg(),  # type: ignore[no-untyped-call]
            "= ANY (ARRAY(SELECT json_array_elements_text(CAST(%(of)s AS json))))",
            "= ANY (ARRAY(SELECT unnest(CAST(translate(%(of)s, '[]', '{}') AS bigint[]))))",
        ),
    ],
    ids=["sqlite", "postgresql"],
)
def test_a_list_of_any_length_is_one_parameter(dialect: Dialect, texts: str, numbers: str) -> None:
    for column, condition in ((events.c.id, texts), (events.c.group_id, numbers)):
        query = select(events.c.id).where(listed(column, "of"))
        text = " ".join(str(query.compile(dialect=dialect)).split()).replace("%(of)s::VARCHAR", "%(of)s")
        assert text == f"SELECT events.id FROM events WHERE events.{column.name} {condition}"
