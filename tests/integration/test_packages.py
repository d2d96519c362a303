"""The packages of Dogwatch carry the web page, so that pip alone installs it."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from tests.built_ui import built

ROOT = Path(__file__).parents[2]


def run(*command: str, path: str | None = None) -> str:
    env = os.environ if path is None else {**os.environ, "PATH": path}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_source_package_is_installed_without_node(tmp_path: Path) -> None:
    page = built()
    wanted = {f"dogwatch/ui/{path.relative_to(page).as_posix()}" for path in page.rglob("*") if path.is_file()}
    assert "dogwatch/ui/index.html" in wanted
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path))
    (source,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"src/{name}" for name in wanted} <= names
    assert "ui/src/main.tsx" in names
    assert not [name for name in names if "node_modules" in name or name.endswith(".openapi.json")]

    # A `PATH` on which there is no Node.js.
    (tmp_path / "bin").mkdir()
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index",
        "-w", str(tmp_path), str(source), path=str(tmp_path / "bin"))  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        assert {name for name in packed.namelist() if name.startswith("dogwatch/ui/")} == wanted
        assert packed.read("dogwatch/ui/index.html") == (page / "index.html").read_bytes()
