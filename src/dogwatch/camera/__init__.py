"""The vision process: frames in, tracked objects out, for its share of the cameras.

`process` is the loop; `watch` takes one camera's frames through motion, regions, detector and tracks; `look` is what
one frame needs of a detector; `pictures` keeps and sends the best picture of each object; `settings` turns the spec
into what `vision` computes with, and `switches` changes that at run time.
"""
