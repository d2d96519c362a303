"""Events of simulated scenes with known truth: `python -m bench tracks`.

`scenes` says who moves where, `camera` what a detector would find of it, `play` takes that through `vision.pipeline`,
`metrics` compares the events with the truth, and `report` prints the figures and the goals. `sheet` shows the events of
real footage on one picture.
"""


def main() -> None:
    """Print the figures of all sets."""
    from bench.tracks import report  # `footage_events` also runs with versions that lack what that needs

    report.main()
