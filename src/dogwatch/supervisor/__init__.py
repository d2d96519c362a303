"""The parent of all processes: starts the core and the workers, starts again what dies, and ends them in order.

Recording must not depend on anything that can fail, so this package imports the standard library alone, and little of
it: no asyncio, no dataclasses, no subprocess. It never looks into a worker's spec. The core says which workers it
wants; they stay what they are while the core is away.

| module | does |
| --- | --- |
| `supervisor` | puts the parts together: signals, the core, the order of leaving |
| `worker` | one worker: starts it, counts, waits before the next start, ends it |
| `process` | one process of a worker: its pipes, its lines, its end |
| `template` | asks the template process for a fork |
| `core_link` | the socket to the core: JSON lines, bounded |
| `backoff` | how long to wait before the next start |
| `loop` | waits for descriptors and moments |
"""
