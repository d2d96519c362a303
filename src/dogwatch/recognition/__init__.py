"""Recognising what an object is in its best pictures: number plates.

- `plate_text`: what a reading means: replacements, format, known plates; which of several readings is right.
- `plate_spec`, `plate_reader`: the process that reads plates, and what it is asked and answers.
- `reader_process`: starts it when there is something to read, and ends it when there was nothing for a while.
- `plates`: from best pictures to the plates of events.
- `plate_cameras`, `plate_visits`, `plate_events`: cameras that only see plates, and need no detector of cars.
"""
