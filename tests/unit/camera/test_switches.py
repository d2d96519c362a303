from dataclasses import fields

import pytest

from dogwatch.analysis import MotionSettings, ObjectFilter, StationarySettings, ZoneSettings
from dogwatch.bus.specs import CameraVisionSpec
from dogwatch.camera.settings import geometry, scene_settings
from dogwatch.camera.switches import Switchboard
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.settings import SceneSettings

CORNER = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5))


def board(**given: bool) -> Switchboard:
    return Switchboard(CameraVisionSpec(name="cam", **given))  # type: ignore[arg-type]


def test_detection_needs_the_camera_and_itself() -> None:
    one = board()
    states = [one.analysing]
    for name, value in [("detect", False), ("detect", True), ("enabled", False), ("enabled", True)]:
        one.set(name, value)
        states.append(one.analysing)
    assert states == [True, False, True, False, True]


def test_detect_turns_motion_on_and_keeps_it_on() -> None:
    one, settings = board(detect=False), scene_settings(CameraVisionSpec(name="cam")).motion
    one.set("motion", value=False)
    off = one.motion(settings).enabled
    one.set("detect", value=True)
    on = one.motion(settings).enabled
    one.set("motion", value=False)
    assert [off, on, one.motion(settings).enabled] == [False, True, True]


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
    assert getattr(one.motion(scene_settings(CameraVisionSpec(name="cam")).motion), field) == result


def test_zones() -> None:
    one = board()
    one.set("zone/porch", value=False)
    assert one.hidden_zones == {"porch"}
    one.set("zone/porch", value=True)
    assert one.hidden_zones == set()


def test_masks() -> None:
    sky = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.2))
    one = Switchboard(
        CameraVisionSpec(
            name="cam",
            motion=MotionSettings(masks=(CORNER, sky), mask_names=("corner", "sky")),
            masks=(sky, CORNER),
            mask_names=("sky", "corner"),
        )
    )

    def in_force() -> tuple[object, object]:
        settings = one.scene(SceneSettings("cam"))
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


def test_every_value_of_the_spec_arrives() -> None:
    spec = CameraVisionSpec(
        name="cam",
        fps=7.0,
        min_initialized=3,
        max_disappeared=40,
        stationary=StationarySettings(interval=1, threshold=2, max_frames=3, max_frames_objects={"car": 4}),
        motion=MotionSettings(
            enabled=False,
            threshold=31,
            lightning_threshold=0.7,
            skip_motion_threshold=0.6,
            contour_area=11,
            delta_alpha=0.3,
            frame_alpha=0.02,
            frame_height=120,
            improve_contrast=False,
            masks=(CORNER,),
        ),
        track=("car",),
        filters={"car": ObjectFilter(min_area=1, max_ratio=4, threshold=0.5, min_score=0.4, masks=(CORNER,))},
        masks=(CORNER,),
        zones=(
            ZoneSettings(
                name="z",
                polygon=CORNER,
                objects=("car",),
                filters={"car": ObjectFilter(min_area=9)},
                inertia=5,
                loitering_time=6.0,
                distances=(1, 2, 3, 4),
                speed_threshold=7.0,
            ),
        ),
        attributes={"car": ("license_plate",)},
        best_image_timeout=30.0,
        metric=False,
    )
    settings = scene_settings(spec)
    shared = {one.name for one in fields(settings)} & set(spec.__struct_fields__)
    assert len(shared) == 12
    assert all(getattr(settings, name) == getattr(spec, name) for name in shared)
    assert settings.camera == "cam"


def test_the_detect_frame_is_the_pictures_unless_given() -> None:
    assert geometry(CameraVisionSpec(name="c"), 1920, 1080) == Geometry(1920, 1080, 1920, 1080)
    assert geometry(CameraVisionSpec(name="c", width=640, height=360), 1920, 1080) == Geometry(1920, 1080, 640, 360)
