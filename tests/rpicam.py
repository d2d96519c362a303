"""A stand-in for the program that reads a Raspberry Pi's camera: it writes H.264 of numbered pictures, in real time."""

from __future__ import annotations

import os
import stat
import sys
from fractions import Fraction
from pathlib import Path

from tests.integration.workers.ingest.cameras import Look, encode

PROGRAM = """#!{python}
import os, sys, time
folder = {folder!r}
with open(folder + "/asked", "a") as out:
    out.write(str(os.getpid()) + " " + " ".join(sys.argv[1:]) + chr(10))
behaviour = open(folder + "/behaviour").read()
if behaviour == "missing":
    sys.stderr.write("ERROR: *** no cameras available ***" + chr(10))
    sys.exit(255)
data = open(folder + "/stream", "rb").read()
begun, n, at = time.monotonic(), 0, 0
while at < len(data):
    size = int.from_bytes(data[at : at + 4], "big")
    time.sleep(max(0, begun + n / {fps} - time.monotonic()))
    os.write(1, data[at + 4 : at + 4 + size])
    at, n = at + 4 + size, n + 1
    if behaviour == "chatty":
        sys.stderr.write("#%d" % n + chr(10))
        sys.stderr.flush()
    if behaviour == "silent" and n == 20:
        time.sleep(600)
"""


class RpicamStandIn:
    """The program `rpicam-vid` in a directory of its own."""

    def __init__(self, folder: Path, *, seconds: int = 30, fps: int = 10, behaviour: str = "films") -> None:
        self.folder, self.bin = folder, folder / "bin"
        self.bin.mkdir(parents=True)
        pictures = encode(Look(fps=Fraction(fps)), seconds * fps)
        (folder / "stream").write_bytes(b"".join(len(one.data).to_bytes(4, "big") + one.data for one in pictures))
        self.behave(behaviour)
        program = self.bin / "rpicam-vid"
        program.write_text(PROGRAM.format(python=sys.executable, folder=str(folder), fps=fps))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"

    def behave(self, behaviour: str) -> None:
        """Be `films`, `missing`, `chatty` or `silent` from the next start on."""
        (self.folder / "behaviour").write_text(behaviour)

    def starts(self) -> list[tuple[int, list[str]]]:
        """Return the process id and the arguments of each start."""
        try:
            lines = (self.folder / "asked").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [(int(line.split()[0]), line.split()[1:]) for line in lines]
