"""Recorded footage: the catalogue of segments, their recovery at start, their retention, and free space on the disk.

`playback` and `clips` serve footage; `exports` and `export_job` make files of it that stay.

The life of a segment: ingest announces the file that it opens (`Catalogue.on_segment_opened`). Until the file is
complete, its flushed part is scanned on demand. Once it is complete, its row is written (`on_segment_written`). Motion
and objects in its time are added up (`activity`), and stored once all of it has been analysed. In the end `retention`
or `space` chooses it, and `removal` marks the row, unlinks the file, drops the row and logs the reason.
"""
