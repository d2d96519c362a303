"""An app whose cameras have footage and events, and links to them that need no login."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from dogwatch.config import parse
from dogwatch.events.files import PictureFiles, write
from dogwatch.media import fragments, picture
from dogwatch.store import events, segments
from dogwatch.testing import recordings
from dogwatch.testing.app import CONFIG, EXTERNAL, INTERNAL, Nvr, nvr
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT, HEIGHT, OTHER, WIDTH, event

SHARING = CONFIG + "sharing: {roles: [admin, viewer, front_only], blur_roles: []}\n"
RANGE = {"camera": "front", "start_time": T0, "end_time": T0 + 6}


@contextmanager
def shown(directory: Path, text: str) -> Iterator[Nvr]:
    """Build an app whose two cameras have footage, and an event with a picture each."""
    with nvr(directory, text) as app:
        clean = picture.encode(np.random.default_rng(7).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8), "jpg", 90)
        for key, camera in ((EVENT, "front"), (OTHER, "back")):
            app.services.db.write(partial(events.put, values=event(key, camera)))
            write(PictureFiles(directory).clean(camera, key), clean)
            for one in recordings.record(directory, camera):
                init = fragments.scan(directory / one.path).init
                app.services.db.write(partial(segments.add, segment=one, init=init))
        yield app


async def made(app: Nvr, body: dict[str, Any], user: str | None = "admin") -> dict[str, Any]:
    """Make a link and return the answer."""
    async with app.client(EXTERNAL if user else INTERNAL, user) as client:
        answer = await client.post("/api/share", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def opened(app: Nvr, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """Ask for `path` without a login."""
    async with app.client(EXTERNAL) as client:
        return await client.get(path, headers=headers)


def configure(app: Nvr, change: str) -> None:
    """Let the app go on with another configuration."""
    app.services.keeper.change(parse(change, path=Path("config.yml"), env={}))


async def is_over(app: Nvr, answer: dict[str, Any], reason: str) -> None:
    """Check that a link has ended, and why."""
    assert (await opened(app, answer["path"])).status_code == 404
    async with app.client() as client:
        told = (await client.get(f"/api/share/{answer['share']['id']}")).json()
    assert (told["state"], told["reason"]) == ("ended", reason)
