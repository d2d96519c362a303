"""A configuration file that has become wrong never ends recording."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.e2e.program import Program

CAMERA = 'cameras: {cam: {ffmpeg: {inputs: [{path: "synthetic://street?seed=1&fps=8&size=320x180"}]}}}\n'


def restart(program: Program) -> tuple[int, str]:
    asked = urllib.request.Request(f"{program.address}/api/restart", method="POST")
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_broken_file_is_refused_while_running_and_replaced_at_a_start(tmp_path: Path) -> None:
    data = tmp_path / "data"
    program = Program.run(data, CAMERA)
    good = (data / "config.yml").read_text()
    try:
        (data / "config.yml").write_text("cameras: [")
        status, body = restart(program)
        assert status == 400
        assert "config.yml: line 1, column" in body
        program.wait(lambda: program.segments("cam"), 40, "segment")
        assert program.json("/api/stats")["service"]["config_mistakes"] == 0
    finally:
        program.stop()
    again = Program(data)
    try:
        began = time.time()
        assert again.json("/api/stats")["service"]["config_mistakes"] == 1
        assert "RECORDING GOES ON WITH THE LAST FILE THAT WORKED" in again.output()
        again.wait(lambda: any(one["end_time"] > began for one in again.segments("cam")), 40, "segment")
        (data / "config.yml").write_text(good)
        assert restart(again)[0] == 200
        again.follow(2, 40)
        assert again.json("/api/stats")["service"]["config_mistakes"] == 0
    finally:
        again.stop()
