"""The edge camera's surface: root paths on a listener of its own (docs/api/edge.md)."""
