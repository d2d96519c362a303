"""A stocked app on free ports in a process of its own; what requests delete comes back within half a second.

`python -m tests.fuzz_server DIRECTORY` writes `addresses.json` there, keeps valid tokens in `tokens.json`, and ends
with its input.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import json
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import dogwatch
from dogwatch.api.listeners import Listeners
from dogwatch.api.nvr.surface import listeners as nvr_listeners
from dogwatch.errors import DogwatchError
from dogwatch.store import events, exports, reviews
from dogwatch.store.exports import Case, Export
from dogwatch.testing.app import CONFIG, PASSWORD, USERS, Nvr
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT, OTHER, REVIEW, event, stocked

EXPORT, CASE, MANUAL = "front_abcdef", "case_abcdef", f"{T0 + 3.5}-manual"
LIMITED = ("vera", "frida")
RESTOCK_S = 0.5
OTHER_PROCESSES = {"cli", "detectors", "edge", "testing", "workers"}
IDS = {"event_id": (EVENT, OTHER, MANUAL), "review_id": (REVIEW,), "export_id": (EXPORT,), "case_id": (CASE,)}


def restock(made: Nvr) -> None:
    """Put back rows, users, their tokens and the configuration."""
    services = made.services
    write = services.db.write
    for key, camera in ((EVENT, "front"), (OTHER, "back")):
        write(partial(events.put, values=event(key, camera)))
    write(partial(events.put, values={**event(MANUAL, "front"), "type": "api", "end_time": None}))
    item = {
        "id": REVIEW, "camera": "front", "severity": "alert", "start_time": T0 + 1.5, "end_time": T0 + 5,
        "thumb_path": f"clips/review/thumb-front-{REVIEW}.webp",
        "data": {"detections": [EVENT], "objects": ["person"], "sub_labels": [], "zones": ["porch"], "audio": []},
    }  # fmt: skip
    write(partial(reviews.put, values=item))
    if not any(case.id == CASE for case in services.exports.cases.listed()):
        write(partial(exports.add_case, case=Case(CASE, "parcels", "", T0, T0)))
    try:
        services.exports.one(EXPORT)
    except DogwatchError:
        file = services.paths.media / "exports" / f"{EXPORT}.mp4"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(4096))
        write(partial(exports.add, export=Export(EXPORT, "front", "kept", T0, T0 + 4, file.name, False, 1, T0, CASE)))
    accounts = services.authority.accounts
    for name, role in USERS.items():
        found = accounts.find(name)
        if found is None:
            accounts.add(name, PASSWORD, role)
        elif found.role != role:
            accounts.set_role(name, role)
    if services.loaded.path.read_text() != CONFIG or "front" not in services.config.cameras:
        services.config_file.save(CONFIG)
        services.config_file.reload()


def imported_late() -> set[str]:
    """Return the modules that functions of the core import when they are called."""
    found: set[str] = set()
    root = Path(dogwatch.__file__).parent
    for path in root.rglob("*.py"):
        if path.relative_to(root).parts[0] in OTHER_PROCESSES:
            continue
        for function in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Import):
                        found.update(alias.name for alias in node.names)
                    elif isinstance(node, ast.ImportFrom) and node.module:
                        found.add(node.module)
    return {name for name in found if name.partition(".")[0] not in sys.stdlib_module_names}


def main(directory: Path) -> None:
    # A request that is the first to need a library takes up to 28 MiB (zeep), once: that is no memory of requests.
    for module in imported_late():
        with suppress(ImportError):  # one that is optional, and not installed
            importlib.import_module(module)
    with stocked(directory) as made:
        made.services.jobs.start()
        asyncio.run(_serve(made, directory))


async def _serve(made: Nvr, directory: Path) -> None:
    config = made.services.config
    plain = config.model_copy(update={"tls": config.tls.model_copy(update={"enabled": False})})
    listeners = Listeners(made.app, nvr_listeners(plain), directory, any_port=True)
    await listeners.start()
    keeping = asyncio.create_task(_keep(made, directory))
    _put(directory / "addresses.json", listeners.urls)
    await asyncio.to_thread(sys.stdin.read)
    keeping.cancel()
    await listeners.stop()
    made.services.streams.close()


async def _keep(made: Nvr, directory: Path) -> None:
    tokens: dict[str, str] = {}
    while True:
        try:
            await asyncio.to_thread(restock, made)
        except (DogwatchError, OSError) as error:
            sys.stderr.write(f"{time.time():.1f} restocking: {error}\n")
        for user in LIMITED:
            if user not in tokens or not await _valid(made, tokens[user]):
                tokens[user] = made.token(user)
        _put(directory / "tokens.json", tokens)
        await asyncio.sleep(RESTOCK_S)


async def _valid(made: Nvr, token: str) -> bool:
    verdict = await made.services.authority.identify(
        lambda name: [f"Bearer {token}"] if name == "authorization" else [], None
    )
    return verdict.caller is not None


def _put(path: Path, value: Any) -> None:
    scratch = path.with_suffix(".new")
    scratch.write_text(json.dumps(value))
    scratch.replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
