"""The analysis process: frames in, tracked objects out, for its share of the cameras.

`process` is the loop; `live` takes one camera's frames from the ring through `vision.pipeline`; `request` asks a
detector about one frame; `best_pictures` keeps and sends the best picture of each object.
"""
