"""The page of faces: sorting by dragging and by keys, persons, and the question who this is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.drawn_faces import drawn_face
from tests.e2e.program import Program
from tests.e2e.ui.pages import Ui
from tests.e2e.ui.test_frame import PHONE

cv2 = pytest.importorskip("cv2")

pytestmark = pytest.mark.timeout(150)
CONFIG = """
cameras:
  front: {enabled: false, ffmpeg: {inputs: [{path: "synthetic://street"}]}}
"""


def webp(path: Path, person: int, variant: int) -> None:
    """Write a picture of a face."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), drawn_face(person, variant))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program in the demo's place, with three attempts; faces are switched off."""
    data = tmp_path_factory.mktemp("faces") / "data"
    for number in range(3):
        name = f"1763464001.5-abcde{number}-176346400{number}.500000-unknown-0.4{number}.webp"
        webp(data / "clips" / "faces" / "train" / name, number, 0)
    running = Program.run(data, CONFIG)
    try:
        yield running
    finally:
        running.stop()


def test_faces_are_switched_on_and_sorted(ui: Ui, demo: Program, tmp_path: Path) -> None:
    page = ui.page
    page.get_by_role("link", name="Faces").click()
    page.get_by_role("button", name="Switch it on").click()
    attempts = page.get_by_role("button", name="unknown, ")
    attempts.nth(2).wait_for()
    for name in ("Ann", "Bob"):
        page.get_by_role("button", name="New person").click()
        page.get_by_role("textbox", name="Name").fill(name)
        page.get_by_role("button", name="Save").click()
        page.get_by_role("heading", name=name).wait_for()
    page.get_by_role("button", name="To sort").click()

    attempts.first.drag_to(page.locator("[data-person=Ann]"))
    page.get_by_text("1 picture is Ann's now.").wait_for()
    ui.until("document.querySelectorAll('.faces-picture').length === 2")
    assert demo.json("/api/faces")["Ann"]

    attempts.first.focus()  # the other way needs no pointer
    page.keyboard.press("Enter")
    page.get_by_label("Move to").select_option("Bob")
    page.get_by_role("button", name="Move", exact=True).press("Enter")
    page.get_by_text("1 picture is Bob's now.").wait_for()
    assert demo.json("/api/faces")["Bob"]

    attempts.first.click()
    page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    attempts.first.wait_for()

    picture = tmp_path / "face.png"
    webp(picture, 0, 1)
    page.get_by_label("Pictures of Ann").set_input_files(picture)
    page.get_by_text("1 face was stored for Ann.").wait_for()
    page.get_by_role("button", name="Who is this?").click()
    page.get_by_label("Picture", exact=True).set_input_files(picture)
    page.get_by_role("dialog").get_by_text("Ann", exact=True).wait_for()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="More for Bob").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("textbox", name="Name").fill("Zoe")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Zoe").wait_for()
    page.get_by_role("button", name="More for Zoe").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("heading", name="To sort").wait_for()
    assert set(demo.json("/api/faces")) == {"Ann", "train"}


def test_it_fits_a_phone_and_has_no_serious_fault(open_page: Callable[..., Ui]) -> None:
    ui = open_page("faces", color_scheme="dark", **PHONE)
    ui.page.get_by_role("heading", name="To sort").wait_for()
    ui.settle()
    assert ui.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert ui.accessible() == []
