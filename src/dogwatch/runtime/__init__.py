"""The composition root: puts the parts of a running core together, and starts it."""
