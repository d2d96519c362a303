import pytest

from dogwatch.analysis import ObjectFilter, ZoneSettings
from dogwatch.model import Box, Detection
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.speed import KMH, MPH, GroundPlane, SpeedRecord
from dogwatch.vision.zones import Zone, ZoneRecord

SIZES = Geometry(1000, 1000, 1000, 1000)
LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
ALL = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
METRES = (50.0, 100.0, 50.0, 100.0)  # the whole frame shows 50 m x 100 m


def person(x: int, label: str = "person") -> Detection:
    return Detection(label, 0.9, Box(x - 20, 400, x + 20, 500))


def feed(
    record: ZoneRecord, settings: ZoneSettings, xs: list[int], speed: float = 0.0, label: str = "person"
) -> list[tuple[str, ...]]:
    zones = (Zone.of(settings, SIZES, KMH),)
    seen = []
    for n, x in enumerate(xs):
        record.seen(zones, person(x, label), n / 5, (speed, 0.0), SIZES)
        seen.append(record.current)
    return seen


@pytest.mark.parametrize("inertia", [1, 2, 3, 5])
def test_inertia_counts_consecutive_detections(inertia: int) -> None:
    record = ZoneRecord()
    seen = feed(record, ZoneSettings("left", LEFT, inertia=inertia), [100] * 6)
    assert seen.index(("left",)) == inertia - 1
    assert record.entered == ("left",)


def test_one_detection_outside_starts_the_count_again() -> None:
    seen = feed(ZoneRecord(), ZoneSettings("left", LEFT), [100, 100, 700, 100, 100, 100, 700])
    assert seen == [(), (), (), (), (), ("left",), ()]


def test_what_was_entered_stays_entered_in_order() -> None:
    record = ZoneRecord()
    zones = (Zone.of(ZoneSettings("all", ALL, inertia=5), SIZES), Zone.of(ZoneSettings("left", LEFT), SIZES))
    for n, x in enumerate([100] * 6 + [700] * 3):
        record.seen(zones, person(x), n / 5, (0.0, 0.0), SIZES)
    assert record.entered == ("left", "all")
    assert record.current == ("all",)


def test_a_zone_is_for_its_objects_and_filters() -> None:
    assert feed(ZoneRecord(), ZoneSettings("left", LEFT, objects=("car",)), [100] * 4)[-1] == ()
    assert feed(ZoneRecord(), ZoneSettings("left", LEFT, objects=("car",)), [100] * 4, label="car")[-1] == ("left",)
    strict = ZoneSettings("left", LEFT, filters={"person": ObjectFilter(min_area=5000)})
    assert feed(ZoneRecord(), strict, [100] * 4)[-1] == ()
    assert feed(ZoneRecord(), strict, [100] * 4, label="car")[-1] == ("left",)


def test_loitering_takes_its_time() -> None:
    record = ZoneRecord()
    settings = ZoneSettings("left", LEFT, loitering_time=2.0)
    assert feed(record, settings, [100] * 10)[-1] == ()
    assert (record.pending_loitering, record.loitering) == (True, ())
    record.passed(2.0)  # it need not be looked at for that
    assert (record.current, record.loitering, record.pending_loitering) == (("left",), ("left",), False)


def test_a_zone_without_loitering_is_entered_and_not_loitered_in() -> None:
    record = ZoneRecord()
    feed(record, ZoneSettings("left", LEFT), [100] * 4)
    assert (record.current, record.loitering) == (("left",), ())


def test_speed_over_the_ground() -> None:
    record = ZoneRecord()
    feed(record, ZoneSettings("all", ALL, distances=METRES), [100] * 20, speed=100.0)  # 5 m/s
    assert record.speed.current == pytest.approx(18.0, rel=0.01)
    assert record.speed.average == pytest.approx(18.0, rel=0.01)
    assert record.speed.angle == 0.0


@pytest.mark.parametrize(("speed", "inside"), [(100.0, True), (40.0, False)])
def test_who_is_too_slow_for_a_speed_zone_is_not_in_it(speed: float, inside: bool) -> None:
    settings = ZoneSettings("all", ALL, distances=METRES, speed_threshold=10.0)
    assert feed(ZoneRecord(), settings, [100] * 5, speed=speed)[-1] == (("all",) if inside else ())


def test_a_plane_in_perspective_measures_its_own_edges() -> None:
    road = ((0.4, 0.3), (0.6, 0.3), (0.9, 0.9), (0.1, 0.9))
    plane = GroundPlane.of(ZoneSettings("road", road, distances=(6.0, 20.0, 6.0, 20.0)), SIZES)
    assert plane is not None
    for corner, place in zip(road, [(0, 0), (6, 0), (6, 20), (0, 20)], strict=True):
        assert plane.at(corner[0] * 1000, corner[1] * 1000) == pytest.approx(place, abs=1e-3)
    assert plane.speed((500, 320), (0, 10)) > 3 * plane.speed((500, 880), (0, 10))  # far away, a pixel is longer


@pytest.mark.parametrize("distances", [(), (1.0, 2.0)])
def test_no_distances_no_plane(distances: tuple[float, ...]) -> None:
    assert GroundPlane.of(ZoneSettings("z", ALL, distances=distances), SIZES) is None


@pytest.mark.parametrize(
    ("velocity", "angle"), [((1, 0), 0.0), ((0, -1), 90.0), ((-1, 0), 180.0), ((0, 1), 270.0), ((1000, 0.001), 0.0)]
)
def test_angles(velocity: tuple[float, float], angle: float) -> None:
    record = SpeedRecord()
    record.add(1.0, velocity, 0.0)
    assert record.angle == angle


def test_the_units() -> None:
    assert pytest.approx(10.0) == 10.0 / 3.6 * KMH
    assert pytest.approx(60.0, rel=1e-4) == 88.0 * MPH  # 88 feet a second are 60 miles an hour


def test_outside_there_is_no_speed_but_the_average_stays() -> None:
    record = ZoneRecord()
    feed(record, ZoneSettings("left", LEFT, distances=METRES), [100] * 6 + [700], speed=100.0)
    assert record.speed.current == 0.0
    assert record.speed.average > 0.0


def test_the_longest_stay_is_kept_also_in_zones_that_were_not_entered() -> None:
    record = ZoneRecord()
    zones = (Zone.of(ZoneSettings("left", LEFT, inertia=4), SIZES), Zone.of(ZoneSettings("all", ALL), SIZES))
    for n, x in enumerate([100, 100, 100, 700, 100, 700]):
        record.seen(zones, person(x), n / 5, (0.0, 0.0), SIZES)
    left, everything = record.stays()
    assert (left.zone, left.inside, left.inertia, left.entered_time) == ("left", 3, 4, None)
    assert left.longest_s == pytest.approx(0.4)
    assert (everything.zone, everything.inside, everything.entered_time) == ("all", 6, 0.4)


def test_a_stay_is_as_long_as_it_took_to_loiter() -> None:
    record = ZoneRecord()
    feed(record, ZoneSettings("left", LEFT, loitering_time=2), [100] * 4)
    record.passed(3.0)
    (stay,) = record.stays()
    assert (stay.longest_s, stay.entered_time) == (3.0, 3.0)
