"""The labels of models that were trained on COCO, by class number."""

# COCO's 91 category ids, 1-based; the gaps are ids that the data set left out. Source: cocodataset.org, 2017 release.
_COCO = (
    "person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant - stop_sign "
    "parking_meter bench bird cat dog horse sheep cow elephant bear zebra giraffe - backpack umbrella - - handbag "
    "tie suitcase frisbee skis snowboard sports_ball kite baseball_bat baseball_glove skateboard surfboard "
    "tennis_racket bottle - wine_glass cup fork knife spoon bowl banana apple sandwich orange broccoli carrot "
    "hot_dog pizza donut cake chair couch potted_plant bed - dining_table - - toilet - tv laptop mouse remote "
    "keyboard cell_phone microwave oven toaster sink refrigerator - book clock vase scissors teddy_bear hair_drier "
    "toothbrush -"
)
COCO_91 = {number: name.replace("_", " ") for number, name in enumerate(_COCO.split(), 1) if name != "-"}
COCO_80 = dict(enumerate(COCO_91.values()))
