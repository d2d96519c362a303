"""The trigger sensor: its types, the line it is wired to, what counts as a trigger, and the recordings that it owns."""
