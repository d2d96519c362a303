"""Runs footage through the live pipeline, as fast as possible: which events would this camera have made, and why?

`footage` finds and reads recordings; `driver` takes their pictures through `vision.pipeline`, chosen as those of a live
camera; `candidates` keeps what never became an object, with the reason; `judge` makes events of the tracks by the
camera's rules; `report` holds the result, and compares two of them.
"""
