"""The API on PostgreSQL: who may read what, and the same answers as on SQLite, also after a move there and back.

`DOGWATCH_TEST_DATABASE=postgresql` runs all other tests of the API on PostgreSQL too.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from dogwatch.api.nvr.policy import Permission
from dogwatch.store import move
from dogwatch.store.database import Database
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT, REVIEW, stocked
from tests.integration.api.test_access import LOGGED_IN, rows, try_all
from tests.postgres import PostgresServer
from tests.routes import ROUTES

TIMES = f"after={T0 - 60:.0f}&before={T0 + 60:.0f}"
ANSWERS = (
    "/api/events",
    f"/api/events?zones=porch&labels=person&{TIMES}",
    "/api/events?zones=None",
    "/api/events?sub_labels=None&min_score=0.5&sort=score_desc",
    "/api/events?time_range=00:00,23:00&timezone=Europe/Paris",
    "/api/events/summary?timezone=Europe/Paris",
    "/api/events/explore",
    "/api/events/search?query=person",
    "/api/events/search?query=front+por&sort=score_asc&has_clip=1",
    f"/api/events/{EVENT}",
    f"/api/event_ids?ids={EVENT}",
    f"/api/review?{TIMES}",
    f"/api/review?labels=person&zones=porch&{TIMES}",
    "/api/review/summary?timezone=Europe/Paris",
    f"/api/review/{REVIEW}",
    f"/api/review/event/{EVENT}",
    f"/api/review/activity/motion?{TIMES}",
    "/api/timeline",
    f"/api/timeline/hourly?{TIMES}",
    f"/api/front/recordings?{TIMES}",
    "/api/front/recordings/summary?timezone=Europe/Paris",
    "/api/recordings/summary?timezone=Europe/Paris",
    "/api/recordings/storage",
    f"/api/recordings/unavailable?{TIMES}&scale=1",
    "/api/storage/days?days=366&timezone=Europe/Paris",
    "/api/storage/deletions",
    "/api/jobs",
    "/api/profile/ui",
    "/api/labels",
    "/api/sub_labels",
    "/api/recognized_license_plates",
    "/api/exports",
    "/api/users",
)


async def answers(app: Nvr) -> dict[str, tuple[int, bytes]]:
    async with app.client() as client:
        return {path: ((found := await client.get(path)).status_code, found.content) for path in ANSWERS}


def moved(source: str, target: str) -> str:
    db = Database(source)
    db.migrate(owns=True)
    move.move(db, target)
    db.close()
    return target


async def test_every_list_and_summary_is_the_same_after_a_move_and_back(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    with stocked(tmp_path) as app:
        before = await answers(app)
    assert {status for status, _ in before.values()} == {200}, {p: s for p, (s, _) in before.items() if s != 200}
    server = moved(f"sqlite:///{tmp_path / 'dogwatch.db'}", postgres.empty())
    with nvr(tmp_path, database=server) as app:
        assert await answers(app) == before
    back = moved(server, f"sqlite:///{tmp_path / 'back.db'}")
    with nvr(tmp_path, database=back) as app:
        assert await answers(app) == before


@pytest.mark.postgresql
@pytest.mark.usefixtures("rows")
async def test_who_may_read_what(app: Nvr) -> None:
    assert app.services.db.path is None
    for (method, template), permission in ROUTES:
        if method == "GET":
            app.tokens.clear()  # one of the routes logs out
            await try_all(app, (method, template), permission, LOGGED_IN, plainly=True)


CHANGING = [(key, permission) for key, permission in ROUTES if key[0] != "GET"]


@pytest.mark.postgresql
@pytest.mark.parametrize(("key", "permission"), CHANGING, ids=[" ".join(key) for key, _ in CHANGING])
@pytest.mark.usefixtures("rows")
async def test_who_may_change_what(app: Nvr, key: tuple[str, str], permission: Permission | None) -> None:
    await try_all(app, key, permission, LOGGED_IN)


__all__ = ["rows"]
