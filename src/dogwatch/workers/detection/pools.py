"""The tensor pools that a detector has open: opened by name, closed when their owner has gone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dogwatch.bus.messages import DetectorInfo, DetectRequest
from dogwatch.bus.tensors import TensorPool
from dogwatch.errors import DetectorError, RingError


class OpenPools:
    """Opens pools in `directory` whose slots hold one tensor of `info` each."""

    def __init__(self, directory: str, info: DetectorInfo) -> None:
        self._directory = directory
        self._shape = (info.height, info.width) if info.pixel_format == "gray" else (info.height, info.width, 3)
        self._open: dict[str, tuple[int, TensorPool]] = {}

    def tensors(self, request: DetectRequest) -> list[NDArray[np.uint8]]:
        """Return the tensors of `request`, in place.

        Raises:
            DetectorError: The pool or a slot does not exist.
        """
        pool = self._pool(request.pool)
        try:
            if min(request.slots, default=0) < 0:
                raise IndexError("negative")
            return [pool.tensor(slot, self._shape) for slot in request.slots]
        except IndexError as error:
            raise DetectorError(f"tensor pool {request.pool} has no slot of {request.slots}") from error

    def forget_gone(self) -> None:
        """Close the pools whose files have been unlinked or replaced."""
        for name, (inode, pool) in list(self._open.items()):
            if _inode(pool.path) != inode:
                del self._open[name]
                pool.close()

    def _pool(self, name: str) -> TensorPool:
        known = self._open.get(name)
        if known and known[0] == _inode(known[1].path):
            return known[1]
        if Path(name).name != name:
            raise DetectorError(f"{name!r} is no name of a tensor pool")
        inode = _inode(Path(self._directory) / name)
        self.forget_gone()
        try:
            pool = TensorPool.open(self._directory, name, int(np.prod(self._shape)))
        except (RingError, ValueError) as error:
            raise DetectorError(f"tensor pool {name} cannot be opened: {error}") from error
        self._open[name] = (inode, pool)
        return pool


def _inode(path: Path) -> int:
    """Return the file's inode number; 0 if it is gone."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0
