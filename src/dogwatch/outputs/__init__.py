"""What is published and who gets it, and the commands that come back.

- `broadcast`: one place to publish, bounded queues to listen.
- `commands`: commands from WebSocket and HTTP: parsed, and carried out.
- `switches`: the values of the run-time switches; `config.switches` has their table.
- `activity`: what happens now, per camera, for who has just connected.
- `push`: notifications, by web push and other channels.
- `stream_status`: whether each camera's streams come in.
"""
