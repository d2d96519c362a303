"""How processes talk: typed messages over sockets in the run directory, and frames through shared memory.

- `messages` and `specs`: every struct that crosses a process border.
- `sockets`: who talks to whom, and the bounded sockets for it, over ZeroMQ or plain; `unix`: those as files;
  `stream`: connections that carry messages; `uplink`: a worker's to the core; `detector_client`: one vision process's
  to all detectors.
- `ring`: the frame ring of one camera; `tensors`: the slots that carry detector inputs.
- `child`: what a worker process does first and last.
"""
