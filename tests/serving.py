"""Serves an app of `dogwatch.testing` on free ports from a thread, for clients that know nothing of its event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from dogwatch.api.edge import surface as edge_surface
from dogwatch.api.listener import EDGE
from dogwatch.api.listeners import Listeners
from dogwatch.api.nvr.surface import listeners as nvr_listeners
from dogwatch.testing.app import Nvr


@contextmanager
def serving(app: Nvr, directory: Path) -> Iterator[Mapping[str, str]]:
    """Give the addresses of both listeners, without TLS, by their names."""
    config = app.services.config
    plain = config.model_copy(update={"tls": config.tls.model_copy(update={"enabled": False})})
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="serving")
    thread.start()
    try:
        made = Listeners(app.app, nvr_listeners(plain), directory, any_port=True)
        asyncio.run_coroutine_threadsafe(made.start(), loop).result(20)
        try:
            yield made.urls
        finally:
            asyncio.run_coroutine_threadsafe(_stop(app, made), loop).result(20)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _stop(app: Nvr, made: Listeners) -> None:
    await made.stop()
    app.services.streams.close()


@asynccontextmanager
async def serving_edge(app: Nvr, directory: Path) -> AsyncIterator[str]:
    """Give the address of the edge listener, which runs in this event loop as its parts do."""
    made = Listeners(app.app, (edge_surface.listener(app.edge),), directory, any_port=True)
    await made.start()
    try:
        yield made.urls[EDGE]
    finally:
        await made.stop()
