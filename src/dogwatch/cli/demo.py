"""`dogwatch demo`."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dogwatch.cli.core import say, say_addresses
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.start import become_supervisor

if TYPE_CHECKING:
    from dogwatch.runtime.core import Addresses, Core

CONFIG = """\
# The demo's configuration: two drawn streets with people walking.
mqtt: {{enabled: false}}
networking:
  listen: {{internal: "127.0.0.1:{port}", external: "127.0.0.1:0"}}
detect: {{enabled: true, fps: 5}}
record: {{enabled: true, continuous: {{days: 1}}}}
snapshots: {{enabled: true}}
cameras:
  street:
    ffmpeg: {{inputs: [{{path: "synthetic://street?seed=1&fps=10&size=1280x720", roles: [record, detect]}}]}}
    zones:
      pavement: {{coordinates: "0,0.5,1,0.5,1,1,0,1"}}
  corner:
    ffmpeg: {{inputs: [{{path: "synthetic://street?seed=7&fps=10&size=1280x720", roles: [record, detect]}}]}}
"""


@click.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep everything in this directory.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 5000, or a free one if that is taken.")
def demo(data: Path | None, port: int | None) -> None:
    """Run Dogwatch on two built-in cameras: recordings, real detections and the API, without any set-up."""
    directory = data or Path(tempfile.mkdtemp(prefix="dogwatch-demo-"))
    paths = Paths.below(directory)
    clear = [directory, paths.run] if data is None else []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "config.yml"
        path.write_text(CONFIG.format(port=_free_port() if port is None else port))
        become_supervisor(paths, ["--demo", "--data", str(directory)], clear)
    except BaseException:
        for unused in clear:
            shutil.rmtree(unused, ignore_errors=True)
        raise


class Guide:
    """Prints what there is to see, as it happens."""

    def __init__(self) -> None:
        """Start counting the seconds."""
        self._began = time.monotonic()
        self._task: asyncio.Task[None] | None = None

    def ready(self, core: Core, addresses: Addresses) -> None:
        """Print the address, and then every event."""
        say_addresses(core, addresses)
        say(f"Open {addresses.internal} in a browser. Ctrl-C ends the demo.")
        self._task = asyncio.create_task(self._tell(core, addresses.internal))

    async def _tell(self, core: Core, address: str) -> None:
        with core.parts.broadcast.subscribe() as publications:
            async for publication in publications:
                body = publication.payload
                if publication.topic != "events" or not isinstance(body, dict) or body.get("type") == "update":
                    continue
                event = body["after"]
                seconds = time.monotonic() - self._began
                if body["type"] == "new":
                    say(f"{seconds:5.1f} s  {event['label']} on {event['camera']}: {event['id']}")
                else:
                    url = f"{address}/api/events/{event['id']}"
                    say(f"{seconds:5.1f} s  gone: {url}/snapshot.jpg  {url}/clip.mp4")


def _free_port(wanted: int = 5000) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
    return wanted
