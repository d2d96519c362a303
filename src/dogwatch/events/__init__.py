"""From tracked objects to what people look at: events, review items, timeline, snapshots, counts.

The life of an object: vision sends its state with every frame. `lifecycle` says when it is news (`new`, `update`,
`end`), `review` gathers what happens at one camera into review items, `timeline` writes down its moments, `counts` says
how many there are, `snapshots` keeps its best picture. These are pure rules; `hub` feeds them, writes rows and
files, and publishes. A message goes out only when the row that it speaks of can be read; only the way that an object
takes reaches its row a few seconds behind. `expiry` ends what has outlived its days.
"""
