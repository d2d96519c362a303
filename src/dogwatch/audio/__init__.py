"""What a camera hears: levels in, sounds out. No I/O, no threads, no clock.

- `loud_noise`: tells a loud noise from what is usual at a camera.
"""
