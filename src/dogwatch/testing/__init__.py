"""Public fakes for tests and benchmarks of Dogwatch, and of programs that use it.

They need no pytest. The program itself never imports them (an import rule holds that).

- `clock`: a clock that stands until it is told to go on.
- `app`: the whole app with real services on a scratch directory, and HTTP clients for it (these need `httpx`).
- `stocked`: the same app with something behind every route: footage, events, a review item, a live picture.
- `recordings`: recorded files as ingest writes them, whose pictures carry their number.
- `walkers`: a film of bright squares that walk, and a detector that finds them at once.
- `numbered`: short films whose pictures show their numbers, in all ways in which containers make counting hard.
- `ingest`, `core_end`: a real ingest process, and the core's end of its link.
- `encoding`: a real process that encodes live video, and frame rings whose pictures show their numbers.

The synthetic camera is part of the program, as the source `synthetic://street`; see `media.street`, which also tells
where its figures are and reads the frame number from a picture.
"""
