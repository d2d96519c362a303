"""The manual tells every route with its parameters, every metric, switch and command, and no others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import pytest
from annotated_types import Ge, Gt, Interval, Le, Lt, MaxLen, MinLen
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dogwatch.api import numbers
from dogwatch.api.nvr.policy import POLICY
from dogwatch.api.surface import Route, keys
from dogwatch.cli import COMMANDS
from dogwatch.config.switches import TABLE, Switch
from dogwatch.stats.keeper import StatsKeeper
from dogwatch.stats.metrics import exposition
from tests.routes import all_routes

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted(page for page in (DOCS / "api").glob("*.md") if page.name != "README.md")
TYPES: dict[str, Any] = {"time": numbers.Time, "number": numbers.Real, "integer": numbers.Whole, "limit": numbers.Limit}
TYPES |= {"height": numbers.Height}
KEY = re.compile(r"- `([A-Z]+) (\S+)` · (\w+)")
Key = tuple[str, str]


@dataclass
class Block:
    """Routes that are told together, and the rows of the tables below them: name -> the other cells."""

    page: str
    needs: dict[Key, str] = field(default_factory=dict)
    text: str = ""
    rows: dict[str, list[str]] = field(default_factory=dict)


def blocks() -> Iterator[Block]:
    """Yield what the pages tell."""
    for page in PAGES:
        block, table = Block(page.stem), ""
        for line in page.read_text().splitlines():
            if found := KEY.fullmatch(line):
                if block.text:
                    yield block
                    block = Block(page.stem)
                block.needs[found[1], found[2]] = found[3]
            elif block.needs and line:
                block.text += line + "\n"
                cells = [cell.strip() for cell in line.strip("| ").split(" | ")] if line.startswith("|") else []
                table = (table or cells[0]) if cells else ""
                if table in ("query", "body", "item") and len(cells) == 4 and cells[0].startswith("`"):
                    assert cells[0].strip("`") not in block.rows, f"{page.name} tells {cells[0]} twice"
                    block.rows[cells[0].strip("`")] = cells[1:]
        if block.needs:
            yield block


BLOCKS = list(blocks())
ROUTES = {key: route for route in all_routes() for key in keys(route)}


def test_every_route_is_told_once() -> None:
    told = [key for block in BLOCKS for key in block.needs]
    assert len(told) == len(set(told))
    assert {key: needs for block in BLOCKS for key, needs in block.needs.items()} == {
        key: POLICY[key].name.lower() for key in ROUTES
    }, "the pages of docs/api/ and the app differ"


def test_the_index_lists_what_the_pages_tell() -> None:
    listed: dict[str, dict[Key, str]] = {}
    for part in (DOCS / "api" / "README.md").read_text().split("\n## ")[1:]:
        page = re.match(r"\[[^]]+\]\((\w+)\.md\)", part)
        assert page is not None
        rows = re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \| (\w+) \| \S.* \|$", part, re.MULTILINE)
        listed[page[1]] = {(method, path): needs for method, path, needs in rows}
        assert len(rows) == len(listed[page[1]])
    told: dict[str, dict[Key, str]] = {}
    for block in BLOCKS:
        told.setdefault(block.page, {}).update(block.needs)
    assert listed == told


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: "{} {}".format(*next(iter(block.needs))))
def test_parameters_are_told(block: Block) -> None:
    present: dict[str, FieldInfo] = {}
    for key in block.needs:
        present |= dict(parameters(ROUTES[key]))
    nested = {name for name, row in block.rows.items() if name not in present} & set(nested_fields(block))
    assert set(present) == set(block.rows) - nested, f"{block.page}.md: {', '.join(map(str, block.needs))}"
    for name, info in present.items():
        kind, default, meaning = block.rows[name]
        assert default == default_of(info), f"{block.page}.md: {name}"
        assert wrong_type(info, kind) is None, f"{block.page}.md: {name} is {wrong_type(info, kind)}"
        if kind not in TYPES:
            text = meaning.replace(",", "")
            missing = [bound for bound in bounds(info) if not re.search(rf"(?<!\d){bound}(?!\d)", text)]
            assert not missing, f"{block.page}.md does not tell the limits {missing} of {name}"
    for name in nested_fields(block):
        assert re.search(rf'[`"]{name}[`"]', block.text), f"{block.page}.md does not tell {name}"


def parameters(route: Route) -> Iterator[tuple[str, FieldInfo]]:
    """Yield the query parameters and the keys of the body, by the names that clients use."""
    for dependant in dependants(route.dependant):
        for found in dependant.query_params:
            yield found.alias, found.field_info
    for body in route.dependant.body_params:
        for model in models(body.field_info.annotation):
            for name, info in model.model_fields.items():
                yield info.alias or name, info


def dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for other in dependant.dependencies:
        yield from dependants(other)


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models in an annotation such as `list[Model] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models(part)


def nested_fields(block: Block) -> list[str]:
    """Return the keys of objects inside of the bodies."""
    outer = [info.annotation for key in block.needs for _, info in parameters(ROUTES[key])]
    inner = [model for annotation in outer for model in models(annotation)]
    for model in inner:
        inner += [more for info in model.model_fields.values() for more in models(info.annotation)]
    return [info.alias or name for model in inner for name, info in model.model_fields.items()]


def default_of(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    if info.default is None:
        return "–"
    return f"`{str(info.default).lower()}`" if isinstance(info.default, bool) else f"`{info.default or repr_of(info)}`"


def repr_of(info: FieldInfo) -> str:
    return '""' if info.default == "" else str(info.default)


def wrong_type(info: FieldInfo, kind: str) -> str | None:
    """Return what the type should be called when `kind` is no name for it."""
    intervals = [found for found in metadata(info) if isinstance(found, Interval)]
    for name, annotated in TYPES.items():
        if intervals and intervals[0] in annotated.__metadata__ and kind.split(" ")[0] != name:
            return name
    if bool in (info.annotation, *get_args(info.annotation)) and kind != "flag":
        return "flag"
    return None


def metadata(info: FieldInfo) -> list[Any]:
    """Return what limits the value; that of `X | None` is inside."""
    inner = [found for part in get_args(info.annotation) for found in getattr(part, "__metadata__", ())]
    return [*info.metadata, *inner]


def bounds(info: FieldInfo) -> list[int]:
    """Return the limits that a client has to know."""
    found: list[Any] = []
    for one in metadata(info):
        match one:
            case Interval(ge=low, le=high):
                found += [low, high]
            case Ge(ge=bound) | Gt(gt=bound) | Le(le=bound) | Lt(lt=bound):
                found.append(bound)
            case MaxLen(max_length=bound) | MinLen(min_length=bound):
                found.append(bound)
            case _:
                found += [getattr(one, "max_length", None)]
    return [int(bound) for bound in found if bound is not None]


def test_every_switch_is_told() -> None:
    rows = re.findall(
        r"^\| `([\w/<>]+)` \| (.+) \| `([\w.<>]+)` \| (yes|no) \| (yes|no) \|$",
        (DOCS / "api" / "websocket.md").read_text(),
        re.MULTILINE,
    )
    told = {name.partition("/")[0]: (values, path, gated, kept) for name, values, path, gated, kept in rows}
    assert told == {name: switch_row(switch) for name, switch in TABLE.items()}


def switch_row(switch: Switch) -> tuple[str, str, str, str]:
    values = ", ".join(f"`{word}`" for word in switch.words or ("ON", "OFF"))
    if switch.numbers:
        values = "{:,} to {:,}".format(*switch.numbers)
    path = ".".join(switch.path).replace("*", "<name>")
    return values, path, "yes" if switch.gated else "no", "yes" if switch.kept else "no"


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
    assert not [target for target in targets if "://" not in target and not (page.parent / target).exists()]


def test_every_metric_is_documented(tmp_path: Path) -> None:
    keeper = StatsKeeper(["front"], media=tmp_path, scratch=tmp_path, shared_memory=tmp_path, version="1")
    snapshot = keeper.snapshot()
    snapshot["service"]["temperatures"] = {"cpu": 50.0}
    assert b"dogwatch_backup_age_seconds" not in exposition(snapshot, {}), "there is no backup"
    snapshot["service"]["database"] = {"last_backup": snapshot["service"]["last_updated"] - 60.0}
    snapshot["service"]["queues"] = {
        "mqtt": {"connected": 1, "queued": 2, "sent": 3, "dropped": 4, "reconnects": 5, "ignored": 6}
    }
    text = exposition(snapshot, {("front", "person"): 1}).decode()
    families = re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE)
    assert "dogwatch_backup_age_seconds 60.0" in text
    documented = re.findall(r"^\| `(\w+)` \|", (DOCS / "metrics.md").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(families)


def test_sources_point_to_pages_that_exist() -> None:
    """A reader has `docs/`, and nothing else, to look the rules up in."""
    sources = [*(DOCS.parent / "src").rglob("*.py")]
    assert len(sources) > 200
    for source in sources:
        text = source.read_text()
        named = re.findall(r"docs/[\w/-]+\.md", text)
        assert not [page for page in named if not (DOCS.parent / page).is_file()], source
        if "migrations" not in source.parts:
            assert not re.search(r"contract,? section", text), source


def test_every_command_is_documented() -> None:
    readme = (DOCS.parent / "README.md").read_text()
    assert {*re.findall(r"^\| `dogwatch (\w+)", readme, re.MULTILINE)} == set(COMMANDS)


def test_the_readme_links_every_page() -> None:
    readme = (DOCS.parent / "README.md").read_text()
    linked = set(re.findall(r"\(docs/([\w/-]+\.md)\)", readme))
    assert linked == {page.name for page in DOCS.glob("*.md")} | {"api/README.md"}
