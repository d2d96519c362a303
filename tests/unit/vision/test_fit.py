from __future__ import annotations

from dogwatch.analysis import AnalysisSettings, MotionSettings, ObjectFilter, ZoneSettings
from dogwatch.vision.fit import in_fractions
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.pipeline import Pipeline, geometry_of

SIZES = Geometry(640, 480, 640, 480)
PIXELS = ((0.0, 0.0), (640.0, 0.0), (640.0, 480.0), (0.0, 480.0))
WIDE = ((0.0, 0.0), (1280.0, 0.0), (1280.0, 480.0), (0.0, 480.0))
FULL = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
CORNER = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5))
FAR = ((2000.0, 0.0), (2100.0, 0.0), (2100.0, 90.0))
SETTINGS = AnalysisSettings(
    camera="cam",
    zones=(
        ZoneSettings("whole", PIXELS, distances=(1, 2, 3, 4), speed_threshold=1),
        ZoneSettings("cut", WIDE, distances=(1, 2, 3, 4), speed_threshold=1),
        ZoneSettings("far", FAR),
        ZoneSettings("fractions", CORNER, filters={"car": ObjectFilter(masks=(PIXELS, FAR))}),
    ),
    masks=(FAR, PIXELS, CORNER),
    motion=MotionSettings(masks=(PIXELS, FAR)),
    filters={"person": ObjectFilter(masks=(FAR, CORNER))},
)


def test_polygons_in_pixels_are_fitted_to_the_frame() -> None:
    fitted = in_fractions(SETTINGS, SIZES)
    assert [zone.name for zone in fitted.zones] == ["whole", "cut", "fractions"]
    assert [set(zone.polygon) for zone in fitted.zones] == [set(FULL), set(FULL), set(CORNER)]
    assert [zone.distances for zone in fitted.zones] == [(1, 2, 3, 4), (), ()]
    assert [zone.speed_threshold for zone in fitted.zones] == [1, None, None]
    assert fitted.zones[2].filters["car"].masks == (FULL,)
    assert fitted.masks == (FULL, CORNER)
    assert fitted.motion.masks == (FULL,)
    assert fitted.filters["person"].masks == (CORNER,)


def test_what_is_in_fractions_stays_as_it_is() -> None:
    fitted = in_fractions(SETTINGS, SIZES)
    assert in_fractions(fitted, Geometry(1280, 720, 1280, 720)) == fitted


def test_the_analysis_computes_with_fractions_also_after_a_switch() -> None:
    pipeline = Pipeline(SETTINGS, SIZES)
    assert pipeline.settings.masks == (FULL, CORNER)
    pipeline.change(SETTINGS)
    assert pipeline.settings.masks == (FULL, CORNER)


def test_the_detect_frame_is_the_pictures_unless_given() -> None:
    assert geometry_of(AnalysisSettings(camera="c"), 1920, 1080) == Geometry(1920, 1080, 1920, 1080)
    given = AnalysisSettings(camera="c", width=640, height=360)
    assert geometry_of(given, 1920, 1080) == Geometry(1920, 1080, 640, 360)
