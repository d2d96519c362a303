"""From tracked objects to what people look at: events, review items, timeline, snapshots, counts.

The life of an object: the analysis sends its state with every frame. `lifecycle` says when it is news (`new`, `update`,
`end`), `review` gathers what happens at one camera into review items, `timeline` writes down its moments, `counts`
says how many there are, `snapshots` keeps its best picture. `hub` feeds them; `outputs` writes rows and files, and
publishes. A message goes out only when the row and the snapshot that it speaks of can be read; only the path of an
object reaches its row a few seconds later. What users change goes through `edits`, `manual` and `review_edits`.
`recovery` and `takeover` let everything go on when the core is started anew. `expiry` deletes what
has expired.
"""
