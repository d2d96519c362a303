import pytest

from dogwatch.errors import RefusedError
from dogwatch.onvif.moves import PtzMove, parse_move


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("MOVE_UP", PtzMove("move_up")),
        ("zoom_IN", PtzMove("zoom_in")),
        ("FOCUS_OUT", PtzMove("focus_out")),
        ("stop", PtzMove("stop")),
        ("preset_home", PtzMove("preset", preset="home")),
        ("PRESET_Front_Door", PtzMove("preset", preset="front_door")),
        ("move_relative_0.5_-0.25", PtzMove("move_relative", pan=0.5, tilt=-0.25)),
        ("MOVE_RELATIVE_-1_1_0.1", PtzMove("move_relative", pan=-1, tilt=1, zoom=0.1)),
    ],
)
def test_moves(text: str, move: PtzMove) -> None:
    assert parse_move(text) == move


@pytest.mark.parametrize(
    "text",
    [
        "", "MOVE", "preset_", "move_relative_", "move_relative_1", "move_relative_1.1_0", "move_relative_nan_0",
        "move_relative_0_0_0_0", "move_relative_a_b", "preset_" + "x" * 300,
    ],
)  # fmt: skip
def test_no_moves(text: str) -> None:
    with pytest.raises(RefusedError, match="is no move of a camera"):
        parse_move(text)
