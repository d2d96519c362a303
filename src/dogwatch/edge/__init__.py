"""The edge camera: one camera of a small computer, with a sensor, presence, and recordings of its own (docs/edge.md).

`camera.EdgeCamera` makes all parts, when `edge.camera` is set; nothing here is loaded otherwise. The parts know one
another by the protocols in `ports`. There is no HTTP here: `api/edge` has the routes. Who is interested in settings
follows them (`Settings.follow`); what happens is told to `EventLog` (for people) and `News` (for connected clients).
"""
