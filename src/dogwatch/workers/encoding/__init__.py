"""The process that encodes live video which nobody sends: one for each output, while somebody watches.

`cells` makes pictures out of frame rings, `transcoding` out of a camera's packets; `outputs` encodes them in the forms
that are watched, and sends them to the core over a live link, as ingest does.
"""
