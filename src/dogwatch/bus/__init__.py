"""How processes talk: typed messages over ZeroMQ, and frames through shared memory.

- `messages` and `specs`: every struct that crosses a process border.
- `sockets`: bounded sockets that say what they drop.
- `ring`: the frame ring of one camera; `tensors`: the slots that carry detector inputs.
- `child`: what a worker process does first and last.
"""
