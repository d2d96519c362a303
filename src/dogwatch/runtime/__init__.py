"""The composition root: puts the parts of a running core together, and starts it.

- `start`: makes the process of `dogwatch run` the supervisor. `recording`: starts recording, with little else loaded.
- `core`: the core process. `parts`: makes its parts, and passes changes of the configuration on to them.
- `specs`: the spec of each worker; `workers`: which workers the supervisor should run.
- `hub`: the messages of workers, passed to their handlers (`events.hub` is about events). `control`: local commands.
- `paths`, `folders`, `private`, `leftovers`: directories, disks, access rights, remains of a killed program.
- `database_care`, `last_config`, `logs`, `log_file`, `memory`: database checks, the last good file, logs, memory.
"""
