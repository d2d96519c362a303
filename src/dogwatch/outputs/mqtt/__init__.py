"""MQTT: what is published goes to a broker, and commands come back (docs/mqtt.md).

- `settings`: which broker, and how.
- `output`: the part of the core. It keeps one connection while the configuration wants it; without, nothing is loaded.
- `queue`: what has still to be sent: the newest value of each state, and what has happened.
- `connection`: one connection, from the login to its end.
- `retained_topics`: which retained messages are Dogwatch's, so that none outlives what it speaks of.
- `discovery`, `entities`: messages by which Home Assistant finds everything.
"""
