import json
import random
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, select

from dogwatch.events import writes
from dogwatch.store import event_removal, event_search, events, schema
from dogwatch.store.database import Database
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.event_rows import encode
from dogwatch.store.tables import event_texts as texts
from dogwatch.store.tables import event_words
from dogwatch.store.words import distinct, joined, terms
from tests.integration.store.test_events import DAY, fill, row

FRIENDLY = {("side", None): "Garden Gate", ("front", "porch"): "Main Entrance"}


def named(camera: str, zone: str | None) -> str | None:
    return FRIENDLY.get((camera, zone))


def found(db: Database, query: str, **wanted: Any) -> list[dict[str, Any]]:
    with db.read() as connection:
        some = event_search.search(connection, EventFilter(**wanted), terms(query), named)
    return [json.loads(encode(one)) for one in some]


def keys(db: Database, query: str, **wanted: Any) -> str:
    return "".join(one["id"][-1] for one in found(db, query, **wanted))


ROWS = (
    row("a", start_time=DAY + 1, zones=["porch"], sub_label="Bob", data={"description": "A man in a red coat."}),
    row("b", start_time=DAY + 2, camera="side", label="car", zones=["drive"], data={"description": "Red car"}),
    row("c", start_time=DAY + 3, label="dog", sub_label="José", data={"colour": "brindle", "description": ""}),
    row("d", start_time=DAY + 4, end_time=None, data={"description": "José feeds the dog at the front door"}),
    row("e", start_time=DAY + 5, label="car", recognized_license_plate="AB-123 C", has_clip=False),
)


@pytest.mark.parametrize(
    ("query", "wanted", "expected"),
    [
        ("car", {}, "eb"),
        ("red", {}, "ba"),
        ("RED Car", {}, "b"),
        ("car red", {"sort": "date_asc"}, "b"),
        ("jose", {}, "dc"),
        ("jose", {"sort": "relevance"}, "cd"),
        ("José dog", {"sort": "relevance"}, "cd"),
        ("bob coat", {}, "a"),
        ("bob door", {}, ""),
        ('"front door"', {}, "d"),
        ('"door front"', {}, ""),
        ("front", {"sort": "relevance"}, "edca"),
        ("side", {}, "b"),
        ("garden gate", {}, "b"),
        ("entrance", {}, "a"),
        ("brindle", {}, "c"),
        ("ab123", {}, "e"),
        ("ab-12", {}, "e"),
        ('"123 c"', {}, "e"),
        ("red", {"cameras": ("front",)}, "a"),
        ("red", {"cameras": ()}, ""),
        ("red", {"after": DAY + 1}, "b"),
        ("red", {"before": DAY + 2}, "a"),
        ("red", {"limit": 1}, "b"),
        ("red", {"limit": 0}, ""),
        ("car", {"has_clip": True}, "b"),
        ("dog", {"in_progress": True}, "d"),
        ("dog", {"in_progress": False}, "c"),
        ("%", {"limit": 3}, None),
        ("drive", {"zones": ("None",)}, ""),
    ],
)
def test_words_are_looked_for_in_names_and_texts(
    db: Database, query: str, wanted: dict[str, Any], expected: str | None
) -> None:
    fill(db, *ROWS)
    if expected is None:
        assert terms(query) == ()
    else:
        assert keys(db, query, **wanted) == expected


def test_a_row_tells_how_much_of_it_is_among_the_names(db: Database) -> None:
    fill(db, *ROWS)
    (one,) = found(db, "bob red coat")
    with db.read() as connection:
        assert one == {**events.one(connection, one["id"]), "search_distance": 0.6667, "search_source": "description"}  # type: ignore[dict-item]


VOCABULARY = ("red", "blue", "car", "cart", "dog", "postman", "post", "gate", "bob")


def random_row(number: int, pick: random.Random) -> dict[str, Any]:
    data = {"description": " ".join(pick.choices(VOCABULARY, k=pick.randrange(6)))} if pick.random() < 0.8 else {}
    return row(
        f"{number:04}",
        start_time=DAY + number * 77 % 200,
        end_time=None if pick.random() < 0.1 else DAY + 1000,
        camera=pick.choice(("front", "side")),
        label=pick.choice(("car", "dog")),
        sub_label=pick.choice((None, "Bob")),
        zones=pick.choice(([], ["gate"], ["porch", "gate"])),
        score=pick.choice((None, 0.5, 0.7)),
        recognized_license_plate=pick.choice((None, "RED 1")),
        data=data,
    )


def expected(rows: list[dict[str, Any]], query: str, wanted: dict[str, Any]) -> list[str]:
    """Search without any index, as the manual says it."""
    asked = terms(query)
    have: list[tuple[int, dict[str, Any]]] = []
    for one in rows:
        zones = [name for zone in one["zones"] for name in (zone, named(one["camera"], zone))]
        names = joined([one["camera"], named(one["camera"], None), one["label"], one["sub_label"], *zones])
        text = joined([one["data"].get("description"), one["recognized_license_plate"]])
        if all(term.is_in(names) or term.is_in(text) for term in asked):
            have.append((sum(not term.is_in(names) for term in asked), one))
    if "cameras" in wanted:
        have = [one for one in have if one[1]["camera"] in wanted["cameras"]]
    if "after" in wanted:
        have = [one for one in have if one[1]["start_time"] > wanted["after"]]
    have.sort(key=lambda one: (one[1]["start_time"], one[1]["id"]), reverse=True)
    if wanted["sort"] == "score_desc":
        have.sort(key=lambda one: (one[1]["score"] is not None, one[1]["score"] or 0), reverse=True)
    if wanted["sort"] == "date_asc":
        have.sort(key=lambda one: one[1]["start_time"])
    if wanted["sort"] == "relevance":
        have.sort(key=lambda one: one[0])
    return [one["id"] for _, one in have[: wanted["limit"]]]


LIMITS = {
    "text by text": {},
    "by the index of words": {"NEWEST": 1},
    "many candidates": {"NEWEST": 1, "FOUND": 1},
    "too many for the index": {"NEWEST": 1, "CANDIDATES": 0},
}


@pytest.mark.parametrize("way", LIMITS)
@pytest.mark.parametrize("few", [0, 2000], ids=["many", "few"])
def test_every_way_to_look_finds_the_same(db: Database, monkeypatch: pytest.MonkeyPatch, way: str, few: int) -> None:
    for name, value in LIMITS[way].items():
        monkeypatch.setattr(event_search, name, value)
    monkeypatch.setattr("dogwatch.store.event_filter.FEW", few)
    pick = random.Random(way)
    rows = [random_row(number, pick) for number in range(200)]

    def put(connection: Connection) -> None:
        for one in rows:
            events.put(connection, one)

    db.write(put)
    filters: tuple[dict[str, Any], ...] = ({}, {"cameras": ("side",)}, {"after": DAY + 90})
    for query in ("red", "car dog", "post", '"post"', "bob gate red", '"red car"', "garden red", "front", "ca po"):
        for sort in ("date_desc", "date_asc", "score_desc", "relevance"):
            wanted = {"sort": sort, "limit": 7, **pick.choice(filters)}
            ids = [one["id"] for one in found(db, query, **wanted)]
            assert ids == expected(rows, query, wanted), (query, wanted)


def indexed(db: Database) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Return the texts by event, and their words."""
    with db.read() as connection:
        known = {row.id: row for row in connection.execute(select(texts)).all()}
        words = {(known[row.text_id].event_id, row.word) for row in connection.execute(select(event_words)).all()}
    return {row.event_id: row.text for row in known.values()}, words


def test_texts_follow_their_events(db: Database) -> None:
    same = [row(key, data={"description": f"a dog {key}"}) for key in "abc"]  # all begin at the same time
    fill(db, *same, row("d"))
    changed = [{**same[0], "data": {"description": "a red dog"}, "end_time": None}, {**same[1], "end_time": None}]
    db.write(partial(writes.put_all, changed, []))
    db.write(lambda connection: events.change(connection, same[2]["id"], {}, {"description": None}))
    db.write(lambda connection: events.change(connection, f"{DAY:.0f}-d", {"recognized_license_plate": "X 1"}, {}))
    wanted = {same[0]["id"]: " a red dog ", same[1]["id"]: " a dog b ", f"{DAY:.0f}-d": " x 1 / x1 "}
    assert indexed(db) == (wanted, {(key, word) for key, text in wanted.items() for word in distinct(text)})
    db.write(lambda connection: event_removal.remove(connection, [*wanted]))
    assert indexed(db) == ({}, set())


def test_a_database_from_before_the_texts_gets_them(database_url: str) -> None:
    db = Database(database_url)
    db.migrate()
    fill(db, *ROWS, row("f", start_time=DAY + 4, data={"description": "at the same time"}))
    before = indexed(db)
    db.write(before_texts)
    db.migrate()
    assert indexed(db) == before
    assert len(before[0]) == 5
    db.close()


def before_texts(connection: Connection) -> None:
    """Take a database back to the version before there were texts."""
    from alembic import command
    from alembic.script import ScriptDirectory

    config = schema.alembic_config(connection)
    last = ScriptDirectory.from_config(config).get_revision("0018").down_revision
    command.downgrade(config, str(last))
