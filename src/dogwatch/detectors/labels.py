"""Labels of models: the COCO tables, and reading a label file."""

from __future__ import annotations

from pathlib import Path

from dogwatch.errors import DetectorError

# COCO's 91 category ids, 1-based; the gaps are ids that the data set left out. Source: cocodataset.org, 2017 release.
_COCO = (
    "person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant - stop_sign "
    "parking_meter bench bird cat dog horse sheep cow elephant bear zebra giraffe - backpack umbrella - - handbag "
    "tie suitcase frisbee skis snowboard sports_ball kite baseball_bat baseball_glove skateboard surfboard "
    "tennis_racket bottle - wine_glass cup fork knife spoon bowl banana apple sandwich orange broccoli carrot "
    "hot_dog pizza donut cake chair couch potted_plant bed - dining_table - - toilet - tv laptop mouse remote "
    "keyboard cell_phone microwave oven toaster sink refrigerator - book clock vase scissors teddy_bear hair_drier "
    "toothbrush -"
).split()  # noqa: SIM905 - a table of words
COCO_91 = {number: name.replace("_", " ") for number, name in enumerate(_COCO, 1) if name != "-"}
COCO_80 = dict(enumerate(COCO_91.values()))


def read_labels(path: Path) -> dict[int, str]:
    """Read a label file: one label a line, numbered from 0, or `number label` (or `number: label`) lines.

    Raises:
        DetectorError: The file cannot be read, or has no labels.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DetectorError(f"label file {path} cannot be read: {error}") from error
    labels: dict[int, str] = {}
    for line in lines:
        if not (text := line.strip()):
            continue
        head, _, tail = text.replace(":", " ", 1).partition(" ") if text[0].isdigit() else ("", "", text)
        number, name = (int(head), tail.strip()) if head.isdigit() and tail.strip() else (len(labels), text)
        labels[number] = name
    if not labels:
        raise DetectorError(f"label file {path} holds no labels")
    return labels
