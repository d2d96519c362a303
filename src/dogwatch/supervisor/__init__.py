"""The parent of all processes: starts the core and the workers, restarts those that die, and ends them in order.

Recording must not depend on anything that can fail, so this package imports only the standard library, and little of
it: no asyncio, no dataclasses, no subprocess. It never reads a worker's spec. The core tells which workers it wants;
they keep running while there is no core.

| module | does |
| --- | --- |
| `supervisor` | puts the parts together: signals, the core, the order of the shutdown |
| `worker` | one worker: starts it, restarts it after a wait, counts that, ends it |
| `process` | one process of a worker: its pipes, its lines of log, its exit |
| `template` | asks the template process for a fork |
| `core_link` | the socket to the core: JSON lines, bounded |
| `backoff` | the wait before the next start |
| `loop` | waits for descriptors and timers |
| `console` | writes to standard output and standard error without waiting |
"""
