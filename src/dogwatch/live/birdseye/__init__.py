"""One picture of several cameras: which of them are in it, and where.

- `rule`: which cameras are shown now; `layout`: where each is drawn. Both are pure.
- `settings`: what the configuration says of it.
- `composer`: keeps up with cameras and viewers, tells the process that draws, and makes stills.
"""
