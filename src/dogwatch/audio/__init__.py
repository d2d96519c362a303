"""What a camera hears: levels and samples in, sounds out. No I/O, no threads, no clock.

- `loud_noise`: tells a loud noise from what is usual at a camera.
- `log_mel`, `recent_sound`: what a model gets that tells sounds apart.
- `sound_scores`: what its output means.
"""
