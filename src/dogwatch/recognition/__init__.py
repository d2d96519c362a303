"""Recognising what an object is in its best pictures: number plates and faces.

- `plate_text`: what a reading means: replacements, format, known plates; which of several readings is right.
- `plate_spec`, `plate_reader`: the process that reads plates, and what it is asked and answers.
- `reader_process`: starts it when there is something to read, and ends it when there was nothing for a while.
- `plates`: from best pictures to the plates of events.
- `plate_cameras`, `plate_visits`, `plate_events`: cameras that only see plates, and need no detector of cars.
- `face_files`, `face_library`: the pictures of persons, and the attempts, on disk.
- `face_spec`, `face_reader`: the process that looks at faces, and what it is asked and answers. In it: `face_crop`,
  `face_gallery`, and the ways to recognise faces (`face_recogniser`): `built_in_faces` by `face_texture`, and
  `sface_faces`.
- `face_votes`, `faces`, `face_events`: from best pictures to the names of events.
- `framed`, `picture_queue`: messages to the processes, and pictures that wait.
"""
