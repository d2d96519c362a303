"""A built-in font: glyphs of 5 x 7 pixels in cells of 6 x 8, for printable ASCII; other characters are shown as `?`.

No font file and no filter string is involved, so a text from a file's analysis can do no more than be drawn.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

CELL_WIDTH, CELL_HEIGHT = 6, 8
FIRST, LAST = 0x20, 0x7E
MAX_CHARACTERS = 200  # of a text: more is not drawn
# Five columns a glyph, from left to right; bit 0 is the uppermost pixel.
_COLUMNS = bytes.fromhex(
    "0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649562050 0008070300 001c224100"  # space to (
    "0041221c00 2a1c7f1c2a 08083e0808 0050300000 0808080808 0060600000 2010080402"  # )*+,-./
    "3e5149453e 00427f4000 4261514946 2141454b31 1814127f10 2745454539 3c4a494930 0171090503 3649494936"  # 0-8
    "064949291e 0036360000 0056360000 0814224100 1414141414 0041221408 0201510906 324979413e"  # 9:;<=>?@
    "7e1111117e 7f49494936 3e41414122 7f4141221c 7f49494941 7f09090901 3e4149497a 7f0808087f"  # A-H
    "00417f4100 2040413f01 7f08142241 7f40404040 7f020c027f 7f0408107f 3e4141413e 7f09090906 3e4151215e"  # I-Q
    "7f09192946 4649494931 01017f0101 3f4040403f 1f2040201f 3f4038403f 6314081463 0708700807 6151494543"  # R-Z
    "007f414100 0204081020 0041417f00 0402010204 4040404040 0001020400"  # [\]^_`
    "2054545478 7f48444438 3844444420 384444487f 3854545418 087e090102 0c5252523e 7f08040478 00447d4000"  # a-i
    "2040443d00 7f10284400 00417f4000 7c04180478 7c08040478 3844444438 7c14141408 081414187c 7c08040408"  # j-r
    "4854545420 043f444020 3c4040207c 1c2040201c 3c4030403c 4428102844 0c5050503c 4464544c44"  # s-z
    "0008364100 00007f0000 0041360800 0804081008"  # {|}~
)


def scale_of(height: int) -> int:
    """Return how many pixels wide a pixel of a glyph is in pictures of `height`."""
    return max(1, round(height / 360))


def printable(text: str) -> str:
    """Return `text` with `?` for each character that the font lacks."""
    return "".join(letter if FIRST <= ord(letter) <= LAST else "?" for letter in text[:MAX_CHARACTERS])


@lru_cache(maxsize=512)
def mask(text: str, scale: int) -> Mask:
    """Return where `text` is drawn, of shape `(8 * scale, 6 * scale * characters)`; treat it as read-only."""
    cells = [_cell(letter) for letter in printable(text)] or [np.zeros((CELL_HEIGHT, 0), np.bool_)]
    drawn = np.hstack(cells).repeat(scale, axis=0).repeat(scale, axis=1)
    drawn.flags.writeable = False
    return drawn


def _cell(letter: str) -> Mask:
    at = 5 * (ord(letter) - FIRST)
    columns = np.frombuffer(_COLUMNS[at : at + 5] + b"\0", np.uint8)
    cell: Mask = (columns >> np.arange(CELL_HEIGHT, dtype=np.uint8)[:, None] & 1).astype(np.bool_)
    return cell
