"""What is in the picture: NumPy in, values out. No I/O, no threads, no configuration, no clock of its own.

The life of a frame: `motion` finds where the picture changed; `regions` chooses the squares worth a look; `cut` makes
detector inputs of them; `merge` joins what came back; `filters` drops what cannot be meant; `tracker` tells who is
who over time; `objects` keeps each object's life (`scores`, `stationary`, `zones`, `speed`, `best_picture`). `scene`
ties them together for one camera.
"""
