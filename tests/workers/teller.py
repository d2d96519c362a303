"""Takes in frames as fast as it can and writes every message about events to standard output, until it is killed.

Arguments: the database's URL and the media root.
"""

import itertools
import json
import os
import sys
import time
from pathlib import Path

from dogwatch.events.hub import EventHub
from dogwatch.events.rules import CameraRules
from dogwatch.store.database import Database
from tests.tracks import START, best, frame, jpeg, tracked

LIFE = 8  # frames


def tell(topic: str, payload: object, *, retain: bool = False) -> None:
    if topic == "events":
        os.write(1, json.dumps(payload).encode() + b"\n")


if __name__ == "__main__":
    db = Database(sys.argv[1])
    db.migrate()
    now = START
    hub = EventHub(db, Path(sys.argv[2]), {"front": CameraRules("front")}, tell, clock=lambda: now)
    data = jpeg()
    for number in itertools.count():
        now = START + number / 5
        born, age = divmod(number, LIFE)
        way = tuple((0.1, 0.1, START + step) for step in range(age))
        zones = ("porch",) if age > LIFE / 2 else ()
        walker = tracked(number / 5, id=f"{born:08d}-aaaaaa", path=way, current_zones=zones, entered_zones=zones)
        if age == 1:
            hub.on_picture(best(number / 5, object_id=walker.id, jpeg=data, thumb=data))
        hub.on_tracks(frame(number / 5, walker))
        if number % 5 == 0:
            hub.tick()
        time.sleep(0.001)
