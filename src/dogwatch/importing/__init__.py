"""Brings what a Frigate installation has kept into Dogwatch; see docs/frigate.md.

- What is read: `layout` (where things lie), `source` (its database), `values` (what its columns hold).
- What that means here: `event_rows`, `history_rows` (review items, timeline), `media_rows` (recordings, films).
- How it comes over, one module a kind: `history`, `footage`, `pictures`, `films`, `accounts`, `faces`, `settings`.
- `files` links or copies; `report` counts; `run` does one after the other.

Nothing of the source is written. Everything is found again by its id, so an import that was cut off goes on when it is
begun again.
"""
