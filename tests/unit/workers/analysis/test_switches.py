import pytest
from msgspec import structs

from dogwatch.analysis import AnalysisSettings, MotionSettings, ZoneSettings
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.pipeline import geometry_of
from dogwatch.workers.analysis.switches import SwitchedSettings

CORNER = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5))


def board(**given: bool) -> SwitchedSettings:
    return SwitchedSettings(AnalysisSettings(camera="cam", **given))  # type: ignore[arg-type]


def test_detection_needs_the_camera_and_itself() -> None:
    one = board()
    states = [one.now.analysing]
    for name, value in [("detect", False), ("detect", True), ("enabled", False), ("enabled", True)]:
        one.set(name, value)
        states.append(one.now.analysing)
    assert states == [True, False, True, False, True]


def test_detect_turns_motion_on_and_keeps_it_on() -> None:
    one = board(detect=False)
    one.set("motion", value=False)
    off = one.now.motion.enabled
    one.set("detect", value=True)
    on = one.now.motion.enabled
    one.set("motion", value=False)
    assert [off, on, one.now.motion.enabled] == [False, True, True]


@pytest.mark.parametrize(
    ("name", "value", "field", "result"),
    [
        ("motion_threshold", 40, "threshold", 40),
        ("motion_threshold", 0, "threshold", 1),
        ("motion_threshold", 999, "threshold", 255),
        ("motion_contour_area", 25, "contour_area", 25),
        ("motion_contour_area", 0, "contour_area", 1),
        ("improve_contrast", False, "improve_contrast", False),
        ("recordings", False, "threshold", 30),
    ],
)
def test_numbers_and_flags(name: str, value: int, field: str, result: int) -> None:
    one = board()
    one.set(name, value)
    assert getattr(one.now.motion, field) == result


def test_zones() -> None:
    porch, path = ZoneSettings("porch", CORNER), ZoneSettings("path", CORNER)
    one = SwitchedSettings(AnalysisSettings(camera="cam", zones=(porch, path)))
    seen = []
    for value in (False, True):
        one.set("zone/porch", value=value)
        seen.append([zone.name for zone in one.now.zones])
    assert seen == [["path"], ["porch", "path"]]


def test_masks() -> None:
    sky = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.2))
    one = SwitchedSettings(
        AnalysisSettings(
            camera="cam",
            motion=MotionSettings(masks=(CORNER, sky), mask_names=("corner", "sky")),
            masks=(sky, CORNER),
            mask_names=("sky", "corner"),
        )
    )

    def in_force() -> tuple[object, object]:
        settings = one.now
        return settings.motion.masks, settings.masks

    seen = [in_force()]
    for name, value in [("motion_mask/sky", False), ("object_mask/corner", False), ("motion_mask/sky", True)]:
        one.set(name, value)
        seen.append(in_force())
    one.set("object_mask/nowhere", value=False)
    assert seen == [
        ((CORNER, sky), (sky, CORNER)),
        ((CORNER,), (sky, CORNER)),
        ((CORNER,), (sky,)),
        ((CORNER, sky), (sky,)),
    ]
    assert in_force() == seen[-1]


def test_the_detect_frame_is_the_pictures_unless_given() -> None:
    assert geometry_of(AnalysisSettings(camera="c"), 1920, 1080) == Geometry(1920, 1080, 1920, 1080)
    assert geometry_of(AnalysisSettings(camera="c", width=640, height=360), 1920, 1080) == Geometry(
        1920, 1080, 640, 360
    )


def test_other_settings_change_what_they_change_and_nothing_that_was_switched() -> None:
    settings = AnalysisSettings(camera="cam", zones=(ZoneSettings("a", ()), ZoneSettings("b", ())))
    switched = SwitchedSettings(settings)
    for name, value in (("detect", False), ("motion_threshold", 77), ("zone/a", False)):
        switched.set(name, value)
    switched.rebase(structs.replace(settings, track=("cat",), motion=MotionSettings(contour_area=99)))
    now = switched.now
    assert (now.track, now.motion.contour_area) == (("cat",), 99)
    assert (now.detect, now.motion.threshold, [zone.name for zone in now.zones]) == (False, 77, ["b"])
    switched.rebase(structs.replace(settings, motion=MotionSettings(threshold=50), enabled=False))
    assert (switched.now.motion.threshold, switched.now.motion.contour_area, switched.now.enabled) == (50, 10, False)
    assert not switched.now.detect
