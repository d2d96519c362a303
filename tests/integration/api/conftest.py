from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dogwatch.api.listeners import Listeners
from dogwatch.api.nvr.surface import listeners as nvr_listeners
from dogwatch.testing.app import CONFIG, Nvr, nvr


@pytest.fixture
def config(request: pytest.FixtureRequest) -> str:
    """The configuration of `app`; a test that needs another one gives it as an indirect parameter."""
    return str(getattr(request, "param", CONFIG))


@pytest.fixture
def app(tmp_path: Path, config: str) -> Iterator[Nvr]:
    with nvr(tmp_path, config) as made:
        yield made


@asynccontextmanager
async def listening(app: Nvr, directory: Path) -> AsyncIterator[Listeners]:
    """Serve both listeners of `app` on free ports, without TLS."""
    config = app.services.config
    plain = config.model_copy(update={"tls": config.tls.model_copy(update={"enabled": False})})
    made = Listeners(app.app, nvr_listeners(plain), directory, any_port=True)
    await made.start()
    yield made
    await made.stop()
    app.services.streams.close()


@pytest.fixture
async def listeners(app: Nvr, tmp_path: Path) -> AsyncIterator[Listeners]:
    """Both listeners of `app`."""
    async with listening(app, tmp_path) as made:
        yield made
