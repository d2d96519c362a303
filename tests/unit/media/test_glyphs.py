"""The built-in font."""

import numpy as np

from dogwatch.media.glyphs import mask, printable, scale_of


def test_every_printable_character_has_a_glyph_of_its_own() -> None:
    letters = [chr(code) for code in range(0x20, 0x7F)]
    drawn = {letter: mask(letter, 1) for letter in letters}
    assert {one.shape for one in drawn.values()} == {(8, 6)}
    assert not drawn[" "].any()
    assert len({one.tobytes() for one in drawn.values()}) == len(letters)
    assert all(not one[7].any() and not one[:, 5].any() for one in drawn.values())  # 5 x 7 in a cell of 6 x 8


def test_other_characters_are_question_marks() -> None:
    assert printable("Zoë\n\x7f%{x}") == "Zo???%{x}"
    assert (mask("é", 2) == mask("?", 2)).all()


def test_glyphs_are_scaled_by_whole_numbers() -> None:
    assert (mask("A7", 3)[::3, ::3] == mask("A7", 1)).all()
    assert mask("A7", 3).sum() == 9 * mask("A7", 1).sum()
    assert np.array([scale_of(height) for height in (2, 240, 539, 540, 720, 1080, 2160)]).tolist() == [
        1,
        1,
        1,
        2,
        2,
        3,
        6,
    ]
