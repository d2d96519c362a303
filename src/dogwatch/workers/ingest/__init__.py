"""The ingest process of one camera: it connects, records, feeds live viewers, and decodes what vision needs.

Threads: one `InputLoop` per input reads packets and makes `Unit`s in wall-clock time; the recorder and the decoder
have a thread each, behind bounded queues, so that neither a slow disk nor a slow decoder holds up the other or the
camera. Live fragments are muxed in the input's own thread, only while somebody listens.

| module | does |
| --- | --- |
| `process` | puts the parts together, obeys switches, reports, leaves |
| `input_loop` | one input: connect, read, reconnect |
| `connection` | one connection: packets to units |
| `recorder` | segments, space, losses |
| `live` | live fragments |
| `decoder` | which packets to decode, and frames into the ring |
"""
