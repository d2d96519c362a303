"""Brings the pictures of faces over: those of persons, and those that wait to be sorted (`train`)."""

from __future__ import annotations

import os
import re

from dogwatch.importing.files import FileCarrier
from dogwatch.importing.report import ImportReport

FACES, FOLDER = "pictures of faces", "clips/faces"
_NAME = re.compile(r"[^./\\\0][^/\\\0]{0,99}")
_PICTURE = re.compile(r"[^./\\\0][^/\\\0]{0,190}\.(webp|jpg|jpeg|png)", re.IGNORECASE)


def bring(carrier: FileCarrier, report: ImportReport) -> None:
    """Bring all pictures over."""
    try:
        folders = sorted(entry.name for entry in os.scandir(carrier.source / FOLDER) if entry.is_dir())
    except OSError:
        return
    for name in folders:
        if not _NAME.fullmatch(name):
            report.leave(FACES, "the name of its directory is not usable", name)
            continue
        for file in sorted(os.listdir(carrier.source / FOLDER / name)):  # noqa: PTH208 - names are all that is needed
            path = f"{FOLDER}/{name}/{file}"
            if not _PICTURE.fullmatch(file):
                report.leave(FACES, "it is no picture", path)
                continue
            with report.leaving(FACES, path):
                (report.bring if carrier.bring(path) else report.keep)(FACES)
