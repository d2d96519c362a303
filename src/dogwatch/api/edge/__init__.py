"""The edge API: one camera of a small computer, at root paths on a listener of its own (docs/api/edge/README.md).

Every module here that has a `router` is a part of it, and `policy` says what each route needs.
"""
