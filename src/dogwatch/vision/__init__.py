"""Finds and tracks objects in pictures: NumPy in, values out. No I/O, no threads, no configuration, no clock.

The way of a frame: `motion` finds where the picture changed; `regions` chooses the squares that a detector should see;
`cut` makes detector inputs of them; `merge` removes duplicate detections; `filters` rejects detections by the user's
rules; `tracker` matches detections to tracks (`kalman` predicts, `association` compares, `joining` tells who has come
back); `objects` keeps the state of each tracked object (`scores`, `stationary`, `zones`, `speed`, `best_picture`).
`scene` combines these for one camera, and `pipeline` adds motion detection.
"""
