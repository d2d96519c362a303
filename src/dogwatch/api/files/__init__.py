"""Video files below `/api/v1` (docs/api/files/README.md): routers, and who may use which file.

`access` finds out who asks, and opens the file that a path names, before a handler runs: `opened` gives it to the
handler. Handlers then read their parameters, and hand on to `library`.
"""
