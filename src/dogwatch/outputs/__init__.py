"""Who hears of what.

- `broadcast`: one place to publish, bounded queues to listen.
- `switches`: what may be turned on and off at run time, by which rules.
- `activity`: what happens now, per camera, for who has just connected.
- `stream_status`: whether each camera's streams come in.
"""
