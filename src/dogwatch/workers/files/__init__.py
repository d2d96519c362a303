"""Processes that decode files which somebody has brought: one for each task, forked from a template, without network.

`spec` holds the tasks and their limits, `frames` how they are told and answered. `__main__` is the template: it has
loaded PyAV, has one thread, and forks (`template`). A fork (`child`) gives up what it does not need (`sandbox`), does
one task, and ends. Each task has a module with `run(task, source, out)`: `indexing`, `still`. The other end is
`dogwatch.library.file_workers`.
"""
