"""Pictures that users have labelled: kept as files, exported as COCO, compared with what a detector finds.

Each picture is a JPEG in `images/<camera>/`, and a JSON file of the same name in `annotations/<camera>/` describes it.
So adding one costs the same however many there are, and a crash leaves no file that is half written. A picture is
written before its description: one without is as if it were not there.
"""
