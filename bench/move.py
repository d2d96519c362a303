"""A database of a million events is moved to PostgreSQL and back, and killed on the way: `python -m bench move`.

A move in each direction is killed (kill -9) at `KILLS` of the time that a whole one took, and goes on each time; on the
way there, the server is killed too. Then all lists and summaries must give the same answers as before, byte by byte, on
PostgreSQL and in the file that came back.
"""

from pathlib import Path

from tests.postgres import PostgresServer

from bench.answers import answers
from bench.moving import FILE, Moved, move, plain, points_to, stage

KILLS = (0.2, 0.5, 0.9)
"""Parts of the time of a whole move; the last of them is while indexes are made."""


def main() -> None:
    """Move, kill, compare, and print."""
    with stage() as (data, server):
        source = f"sqlite:///{data / FILE}"
        before = answers(source)
        print(f"{len(before)} lists and summaries")
        whole = move(data, plain(server.empty()))
        report("to PostgreSQL, in one go", [whole])
        target = server.empty()
        report("to PostgreSQL, killed on the way", there(data, server, target, whole.seconds))
        compare("PostgreSQL", before, answers(target))
        (data / FILE).rename(data / "old.db")
        points_to(data, target)
        back = data / FILE
        report("back, killed on the way", again(data, str(back), whole.seconds))
        compare("the file that came back", before, answers(f"sqlite:///{back}"))


def there(data: Path, server: PostgresServer, target: str, seconds: float) -> list[Moved]:
    """Move to a server, which is killed too."""
    ended: list[float] = []

    def crash(passed: float) -> bool:
        if passed > KILLS[0] * seconds and not ended:
            server.kill()
            ended.append(passed)
        return False

    crashed = move(data, plain(target), crash)
    if crashed.status != 1 or "cannot be moved" not in crashed.said:
        raise SystemExit(f"a move whose server died ended with {crashed.status}: {crashed.said}")
    server.start()
    return [crashed, *again(data, plain(target), seconds)]


def again(data: Path, target: str, seconds: float) -> list[Moved]:
    """Move; be killed, and go on, at parts of the time that a whole move took."""
    tries, passed = [], 0.0
    for part in KILLS:
        killed = move(data, target, lambda now, until=part * seconds - passed: now > until)  # type: ignore[misc]
        tries.append(killed)
        passed += killed.seconds
        if killed.status == 0:  # the other way takes less time
            return tries
    return [*tries, move(data, target)]


def report(name: str, tries: list[Moved]) -> None:
    """Print how long the tries of a move took."""
    if tries[-1].status:
        raise SystemExit(tries[-1].said)
    words = " + ".join(f"{one.seconds:.0f}" for one in tries)
    ends = ", ".join(str(one.status) for one in tries)
    print(f"{name}: {words} s (ended with {ends}), {max(one.mib for one in tries):.0f} MiB", flush=True)


def compare(name: str, before: dict[str, str], after: dict[str, str]) -> None:
    """Print whether answers are the same."""
    if other := [query for query in before if before[query] != after[query]]:
        raise SystemExit(f"other answers on {name}: {', '.join(other)}")
    print(f"all answers are the same: {name}", flush=True)
