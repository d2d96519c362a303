"""The ingest process of one camera: it connects, records, feeds live viewers, and decodes pictures for the analysis.

Threads: one `InputLoop` for each input reads packets and makes `Unit`s in wall-clock time. The recorder and the decoder
have a thread each, with bounded queues, so that neither a slow disk nor a slow decoder delays the other or the camera.
Live fragments are muxed in the input's own thread, only while somebody watches.

| module | does |
| --- | --- |
| `process` | creates the parts, applies changes, reports, shuts down |
| `input_loop` | one input: connect, read, reconnect |
| `connection` | one connection: packets to units |
| `recorder` | segments, space, losses |
| `clips` | clips of the edge camera, that begin before they are asked for |
| `live` | live fragments |
| `decoder` | which packets to decode, and frames into the ring |
"""
