"""Previews of the built-in street: pictures that outlive kills of the core and of the program, and one file an hour."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import av
import psutil
import pytest

from tests.e2e.program import Program

CONFIG = 'cameras: {street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=1&fps=10&size=1280x720"}]}}}\n'
pytestmark = pytest.mark.timeout(240)


def frames(program: Program, since: float, until: float = 1e11) -> list[float]:
    """Return when the pictures that are in no preview yet were taken."""
    names = program.json(f"/api/preview/street/start/{since}/end/{until}/frames")
    return [float(name.removeprefix("preview_street-").removesuffix(".webp")) for name in names]


def shown(body: bytes) -> list[Any]:
    with av.open(io.BytesIO(body), "r") as film:
        return list(film.decode(video=0))


def an_hour_ago(data: Path, times: list[float]) -> None:
    """Let pictures have been taken an hour earlier than they were."""
    cache = data / "clips" / "preview_restart_cache" / "street"
    for at in times:
        source = cache / str(int(at // 3600) * 3600) / f"{at:.6f}.jpg"
        target = cache / str(int(at // 3600) * 3600 - 3600)
        target.mkdir(mode=0o700, exist_ok=True)
        source.rename(target / f"{at - 3600:.6f}.jpg")


def test_pictures_survive_kills_and_become_a_preview(tmp_path: Path) -> None:
    data, begun = tmp_path / "data", time.time()
    program = Program.run(data, CONFIG)
    try:
        first = program.wait(lambda: found if len(found := frames(program, begun)) >= 8 else None, 60, "pictures")
        assert all(later - earlier >= 0.5 for earlier, later in zip(first, first[2:], strict=False))
        program.core().kill()
        program.follow(2, 30)
        more = program.wait(
            lambda: found if len(found := frames(program, begun)) >= len(first) + 5 else None, 30, "more pictures"
        )
        assert more[: len(first)] == first
        seconds = {int(at) for at in more if first[1] <= at <= more[-1]}
        assert len(seconds) >= 0.8 * (more[-1] - first[1]), "one each second while something moves"
        status, gif, _ = program.get(f"/api/street/start/{more[0]}/end/{more[-1]}/preview.gif")
        assert status == 200
        assert len(shown(gif)) >= 8
        assert program.get(f"/api/preview/preview_street-{more[0]:.6f}.webp/thumbnail.webp")[0] == 200
        family = program.family()
        program.process.kill()  # the whole program
        program.process.wait()
        psutil.wait_procs(family, 20)
        kept = [at for at in more if at // 3600 == more[0] // 3600]
        an_hour_ago(data, kept)
        program = Program(data)
        start, end = kept[0] - 3600, kept[-1] - 3600
        assert frames(program, start, end) == pytest.approx([at - 3600 for at in kept], abs=1e-5)

        def made() -> Any:
            status, _, _ = program.get(f"/api/preview/street/start/{start}/end/{end}")
            return program.json(f"/api/preview/street/start/{start}/end/{end}") if status == 200 else None

        (row,) = program.wait(made, 120, "preview")
        status, film, headers = program.get(row["src"])
        assert (status, headers["content-type"]) == (200, "video/mp4")
        assert len(shown(film)) == len(kept)
        assert row["start"] == pytest.approx(start, abs=0.001)
        assert [frame.time for frame in shown(film)] == pytest.approx([at - kept[0] for at in kept], abs=0.01)
    finally:
        program.stop()
