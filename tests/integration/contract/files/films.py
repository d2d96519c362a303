"""Real films for tests of the contract, and what was found in them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count as counted
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, insert, update

from dogwatch.store.tables import video_boxes, video_files, video_traces
from dogwatch.testing.app import CONFIG, Nvr, nvr
from dogwatch.testing.numbered import Codec, Variant, make
from tests.integration.contract.files.conftest import done

BOX = {"x": 20, "y": 60, "width": 50, "height": 30, "confidence": 0.75, "interpolated": False}


@contextmanager
def working_nvr(directory: Path, files: str = "", text: str = CONFIG) -> Iterator[Nvr]:
    """Build an app whose file workers decode; `files` are keys of its section."""
    with nvr(directory, f"{text}\nfiles: {{roots: ['{directory}']{', ' + files if files else ''}}}\n") as made:
        yield made


async def film(
    client: httpx.AsyncClient,
    directory: Path,
    variant: Variant = Variant.SOUND,
    codec: Codec = Codec.H264,
    count: int = 75,
) -> dict[str, Any]:
    """Register a numbered film."""
    made = make(directory, codec, variant, count)
    answer = await client.post("/api/v1/files/register", json={"file_path": str(made.path)})
    file: dict[str, Any] = done(answer, 201)["file"]

    async def ready() -> bool:
        return bool(done(await client.get(f"/api/v1/file/{file['file_uuid']}"))["file"]["status"] == "ready")

    await until(ready)
    return file


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(60):
        for _ in counted():
            if await condition():
                return
            await asyncio.sleep(0.02)


def analysed(app: Nvr, uuid: str, boxes: Sequence[dict[str, Any]], kind: str = "object", label: str = "person") -> None:
    """Write what an analysis has found; each box has `trace_id` and `frame`."""

    def write(connection: Connection) -> None:
        query = update(video_files).where(video_files.c.uuid == uuid)
        connection.execute(query.values(analysed_object=True, analysis_version=video_files.c.analysis_version + 1))
        file = connection.execute(video_files.select().where(video_files.c.uuid == uuid)).one()
        for trace in sorted({box["trace_id"] for box in boxes}):
            frames = [box["frame"] for box in boxes if box["trace_id"] == trace]
            row = {
                "file_id": file.id, "trace_id": trace, "visible": True, "kind": kind, "label": label,
                "start_frame": min(frames), "end_frame": max(frames), "frame_count": len(frames),
                "start_time": min(frames) / 30, "end_time": (max(frames) + 1) / 30, "avg_confidence": 0.75,
            }  # fmt: skip
            connection.execute(insert(video_traces).values(row))
        for box in boxes:
            connection.execute(insert(video_boxes).values({**BOX, **box, "file_id": file.id}))

    app.services.db.write(write)
