"""Nobody else reads what Dogwatch writes, whatever the umask that it is started with."""

from __future__ import annotations

import stat
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from dogwatch.runtime.paths import Paths
from dogwatch.supervisor.shared_names import prefix_of
from tests.e2e.program import Program

CONFIG = """
record: {enabled: true, continuous: {days: 1}}
detectors: {instant: {type: fixed}}
cameras: {street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=3&fps=10&size=640x360"}]}}}
"""


def open_to_others(*roots: Path) -> Iterator[str]:
    for root in roots:
        for path in (root, *root.rglob("*")):
            mode = stat.S_IMODE(path.lstat().st_mode)
            if mode & 0o077:
                yield f"{path} {mode:04o}"


def test_everything_that_is_written_is_private(tmp_path: Path) -> None:
    data = tmp_path / "data"
    paths = Paths.below(data)
    program = Program.run(data, CONFIG, umask=0)
    try:
        program.wait(lambda: len(program.segments("street")) > 1, 40, "two segments")
        wish = urllib.request.Request(f"{program.address}/api/events/street/parcel/create", b"{}", method="POST")
        wish.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(wish, timeout=30) as answer:
            assert answer.status == 200
        program.wait(lambda: list((data / "clips").rglob("*.jpg")), 20, "a picture")
        own = [prefix_of(process.pid) for process in program.family()]  # others come and go meanwhile
        shared = [path for prefix in own for path in Path(paths.shm).glob(f"{prefix}*")]
        assert shared
        assert list(paths.run.glob("*"))
        assert list(open_to_others(paths.run, *shared)) == []
        (data / "config.yml").chmod(0o600)  # the test itself wrote that
        data.chmod(0o700)
        assert list(open_to_others(data)) == []
        kinds = {path.relative_to(data).parts[0] for path in data.rglob("*") if path.is_file()}
        assert kinds >= {"recordings", "clips", "logs", "secrets", "dogwatch.db", "dogwatch.db-wal", "dogwatch.db-shm"}
    finally:
        assert program.stop() < 10
    for path in (data, data / "recordings", data / "dogwatch.db", data / "config.yml"):
        path.chmod(0o777 if path.is_dir() else 0o666)
    program = Program(data, umask=0)
    try:
        assert list(open_to_others(data)) == []
    finally:
        assert program.stop() < 10
