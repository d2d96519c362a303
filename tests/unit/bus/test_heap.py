import ctypes
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, sys
from dogwatch.bus.heap import map_blocks_from

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd a b c d e".split()]

mallinfo = ctypes.CDLL(None).mallinfo2
mallinfo.restype = Info
if sys.argv[1:]:
    map_blocks_from(1 << 20)
large = bytearray(8 << 20)
del large  # from here on, glibc itself keeps blocks of this size on the heap
before = mallinfo().hblks
block = bytearray(4 << 20)
print(mallinfo().hblks - before)
"""


@pytest.mark.parametrize(("option", "mappings"), [((), 0), (("set",), 1)])
def test_large_blocks_have_mappings_of_their_own(option: tuple[str, ...], mappings: int) -> None:
    if not hasattr(ctypes.CDLL(None), "mallinfo2"):
        pytest.skip("this is not glibc, or an old one")
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, *option], capture_output=True, text=True, check=True, timeout=60
    )
    assert int(ran.stdout) == mappings
