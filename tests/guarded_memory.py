"""Memory behind which there is nothing: who reads behind it crashes."""

from __future__ import annotations

import ctypes
from typing import Any

PAGE = 4096
_PRIVATE, _READ_WRITE, _NOTHING = 0x22, 3, 0  # MAP_PRIVATE | MAP_ANONYMOUS, PROT_READ | PROT_WRITE, PROT_NONE


def guarded(data: bytes) -> Any:
    """Return a view of a copy of `data` that ends where a page begins that cannot be read; it is there for ever."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    size = -(-len(data) // PAGE) * PAGE
    at = libc.mmap(None, size + PAGE, _READ_WRITE, _PRIVATE, -1, 0)
    if libc.mprotect(at + size, PAGE, _NOTHING):
        raise OSError(ctypes.get_errno(), "mprotect")
    begin = at + size - len(data)
    ctypes.memmove(begin, data, len(data))
    return memoryview((ctypes.c_char * len(data)).from_address(begin)).cast("B")
