"""A detection process that finds bright squares; its arguments are run directory, shared memory and name."""

import sys

import cv2
import numpy as np

from dogwatch.bus.messages import Answer, Ask, DetectorHello, DetectorInfo, DetectReply, decode_ask, encode
from dogwatch.bus.stream import Listener
from dogwatch.bus.tensors import TensorPool
from dogwatch.bus.unix import place
from dogwatch.model import Box, Detection

SIZE = 320
BRIGHT = 180


def squares(tensor: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> tuple[Detection, ...]:
    """Return a person for each bright area of at least 100 pixels."""
    mask = np.asarray(tensor > BRIGHT, np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    boxes = [Box(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, area in stats[1:] if area >= 100]
    return tuple(Detection("person", 0.9, box) for box in boxes)


def serve(run_dir: str, shm: str, name: str) -> None:
    """Answer until killed."""
    listener = Listener(place(run_dir, f"detector-{name}"))
    while True:
        for client, data in listener.poll(None):
            if data is not None:
                listener.send(client, encode(answer(decode_ask(data), shm, name)))


def answer(ask: Ask, shm: str, name: str) -> Answer:
    """Say what is wanted, or what is seen."""
    if isinstance(ask, DetectorHello):
        return DetectorInfo(name, SIZE, SIZE, "gray", ("person",), 4, SIZE)
    pool = TensorPool.open(shm, ask.pool, SIZE * SIZE)
    found = tuple(squares(pool.tensor(slot, (SIZE, SIZE))) for slot in ask.slots)
    pool.close()
    return DetectReply(ask.id, found)


if __name__ == "__main__":
    serve(*sys.argv[1:4])
