"""How processes talk: typed messages over sockets, and pictures through shared memory.

| module | what |
| --- | --- |
| `messages` | every struct that crosses a process border while workers run |
| `spec` | what all workers are told at start |
| `link` `outbox` | a worker's connection to the core, and the messages that wait for an `Ack` |
| `links` | the core's end of all of them |
| `live_link` | the second link of an ingest or encoding process: live fragments and packets |
| `encoded_names` | under which names encoding processes send live video |
| `frames` | announcements of frames, from ingest to analysis |
| `detector_client` | one analysis process's connections to all detectors |
| `stream` `unix` | connections that carry messages, sockets as files |
| `ring` `tensors` `shared` | the frame ring of one camera, slots for detector inputs, their memory |
| `child` | what a worker process does first and last |
"""
