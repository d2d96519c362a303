"""The sizes of objects in each part of the frame, and the regions that follow them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dogwatch.analysis import GRID_SIDE, AnalysisSettings, RegionGrid, grid_cell
from dogwatch.model import Box
from dogwatch.vision.motion import Motion
from dogwatch.vision.pipeline import Pipeline
from dogwatch.vision.region_grid import ExpectedSizes
from dogwatch.vision.regions import TensorSize, covered
from tests.unit.vision.strategies import SIZES

NOTHING = (0.0, 0.0)
LEGS = Box(300, 420, 330, 440)
TENSOR = TensorSize(320, 320, 128)


def grid(since: float = 0.0, **cells: tuple[float, float]) -> RegionGrid:
    """Return a grid whose cells are `x_y=(width, height)`."""
    known = {tuple(map(int, name[1:].split("_"))): size for name, size in cells.items()}
    return RegionGrid(since, tuple(known.get((n % GRID_SIDE, n // GRID_SIDE), NOTHING) for n in range(GRID_SIDE**2)))


@given(st.floats(-1, 2), st.floats(-1, 2))
def test_each_point_has_a_cell(x: float, y: float) -> None:
    assert 0 <= grid_cell(x, y) < GRID_SIDE**2


def test_a_box_grows_to_the_size_of_its_cell() -> None:
    sizes = ExpectedSizes((grid(c1_4=(0.1, 0.25)),), SIZES)
    assert sizes.at(0.0)
    assert sizes.around(LEGS) == Box(251, 340, 379, 520)  # 128 x 180 of 1280 x 720
    assert sizes.around(Box(250, 300, 290, 540)) == Box(206, 300, 334, 540)  # it is higher already
    assert sizes.around(Box(800, 420, 830, 440)) == Box(800, 420, 830, 440)  # nothing is known there


def test_a_grid_holds_from_its_time_on_until_the_next_one() -> None:
    sizes = ExpectedSizes((grid(10.0, c1_4=(0.1, 0.25)), RegionGrid(20.0)), SIZES)
    assert [sizes.at(time) for time in (9.9, 10.0, 19.9, 20.0)] == [False, True, True, False]


def test_a_grid_of_another_size_is_none() -> None:
    assert not ExpectedSizes((RegionGrid(0.0, (NOTHING,) * 16),), SIZES).at(1.0)


@given(st.integers(0, 1200), st.integers(0, 680), st.integers(4, 300), st.integers(4, 300))
def test_a_region_still_covers_its_motion(x: int, y: int, wide: int, high: int) -> None:
    box = Box(x, y, x + wide, y + high).clipped(1280, 720)
    everywhere = RegionGrid(0.0, ((0.1, 0.3),) * GRID_SIDE**2)
    scene = Pipeline(AnalysisSettings(camera="c", grids=(everywhere,)), SIZES)
    scene.set_tensor(TENSOR)
    assert covered(box, scene.regions(Motion((box,), box.area, 0.1), 1.0))


def test_little_motion_gets_a_region_for_what_moves_there() -> None:
    def first(*grids: RegionGrid) -> Box:
        pipeline = Pipeline(AnalysisSettings(camera="c", grids=grids), SIZES)
        pipeline.set_tensor(TENSOR)
        return pipeline.regions(Motion((LEGS,), LEGS.area, 0.1), 1.0)[0]

    person = Box(255, 350, 375, 510)
    assert not covered(person, [first()], share=1.0)
    assert covered(person, [first(grid(c1_4=(0.1, 0.25)))], share=1.0)


def test_a_change_takes_effect_at_its_time_however_it_comes() -> None:
    """A live camera is told of a grid before it holds; a replay knows all of them from the beginning."""
    grids = (grid(2.0, c1_4=(0.1, 0.25)), grid(6.0, c1_4=(0.2, 0.5)), RegionGrid(8.0))
    live = Pipeline(AnalysisSettings(camera="c"), SIZES)
    replay = Pipeline(AnalysisSettings(camera="c", grids=grids), SIZES)
    for one in (live, replay):
        one.set_tensor(TENSOR)
    chosen = set()
    for time in range(10):
        if time in (1, 4, 7):
            told = grids[: (time + 2) // 3][-2:]
            assert live.can_change(AnalysisSettings(camera="c", grids=told))
            live.change(AnalysisSettings(camera="c", grids=told))
        motion = Motion((LEGS,), LEGS.area, 0.1)
        assert live.regions(motion, float(time)) == replay.regions(motion, float(time)), time
        chosen.add(replay.regions(motion, float(time))[0])
    assert len(chosen) == 3
