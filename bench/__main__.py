"""Run every benchmark, or those named: `python -m bench vision vod`."""

import importlib
import pkgutil
import sys

import bench

SUPPORT = {"__main__", "answers", "measure", "moving", "running", "video", "years"}


def run() -> None:
    names = [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in SUPPORT]
    for name in sys.argv[1:] or names:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"bench.{name}").main()


run()
