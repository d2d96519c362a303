"""What was recorded: the catalogue of segments, their recovery at start, their retention, and room on the disk.

The life of a segment: ingest announces the file it opens (`Catalogue.on_segment_opened`); until it is complete its
flushed part is scanned when somebody asks. When it is complete its row is written (`on_segment_written`). What
vision finds in its span is added up (`activity`) and stored once the whole span has been looked at. In the end
`retention` or `space` chooses it, and `removal` marks the row, unlinks the file, drops the row and says why.
"""
