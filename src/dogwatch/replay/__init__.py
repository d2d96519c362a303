"""Footage through the live pipeline, as fast as the machine can: what would this camera have made of it, and why?

`footage` finds and reads what was recorded; `driver` takes its pictures through `vision.pipeline`, chosen as a live
camera's are; `candidates` keeps what never became an object, with the reason; `judge` makes events of the tracks by the
camera's rules; `report` is what all of this adds up to, and `compare` tells two reports apart.
"""
