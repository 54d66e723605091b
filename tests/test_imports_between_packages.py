"""Who may import whom: the rooms of the house know only the ones below them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "commands", "storage")

# What each room may import besides itself, the standard library and what pyproject.toml names.
ALLOWED: dict[str, set[str]] = {
    "bot.domain": {"bot.errors"},
    "bot.blocks": {"bot.domain", "bot.errors"},
    "bot.jobs": {"bot.domain", "bot.blocks", "bot.edge", "bot.errors", "bot.home", "bot.import_report", "storage"},
    "bot.playground": {"bot.domain", "storage"},
    "storage": {"bot.domain", "bot.errors"},
    "commands": {"bot.domain", "bot.blocks", "bot.errors", "bot.home", "bot.looking", "bot.reply", "storage"},
    # How it runs. `app`, `serve`, `launch` and the command line join everything; the rest knows little.
    "bot.edge": set(),
    "bot.schedule": {"bot.edge", "bot.metrics"},
    "bot.web": {"bot.metrics"},
    "bot.connection": {"bot.metrics"},
    "bot.metrics": {"bot.errors"},
    "bot.identity": {"storage"},
    "bot.settings": set(),
    "bot.logs": set(),
    "bot.errors": set(),
    "bot.manifest": set(),
    "bot.recent": set(),
    "bot.reply": {"bot.errors"},
    "bot.home": {"bot.blocks", "bot.domain", "bot.reply", "storage"},
    "bot.looking": {"bot.blocks", "bot.reply"},
    "bot.import_report": {"bot.blocks", "bot.domain", "storage"},
    "bot.doctor": {"bot.domain", "bot.identity", "bot.manifest", "bot.settings", "storage"},
}
PURE = {"holidays"}  # libraries without a clock, a file or a network
JOINING = {"bot.app", "bot.serve", "bot.launch", "bot.cli", "bot.__main__"}


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


@cache
def imported(path: Path) -> frozenset[str]:
    """Every name that a file imports, anywhere in it, with the module that it is in."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def own(path: Path) -> set[str]:
    """What a file imports of this project."""
    return {name for name in imported(path) if name.split(".")[0] in PACKAGES}


def is_inside(name: str, rooms: set[str]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def room_of(module: str) -> str | None:
    return next((room for room in ALLOWED if is_inside(module, {room})), None)


MODULES = list(modules())


@pytest.mark.parametrize(("module", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_a_module_imports_only_what_its_room_may(module: str, path: Path) -> None:
    if is_inside(module, JOINING) or module in PACKAGES:
        return
    room = room_of(module)
    assert room is not None, f"{module} stands in no room: say in ALLOWED what it may import"
    assert {name for name in own(path) if not is_inside(name, {room, *ALLOWED[room]})} == set()


@pytest.mark.parametrize(
    ("closed", "to"),
    [
        ("bot.playground", {"bot.playground", "bot.cli"}),
        ("storage.hubspot", {"storage", "bot.launch", "bot.jobs"}),
        ("apscheduler", {"bot.schedule"}),
        ("gunicorn", {"bot.serve"}),
        ("alembic", {"storage.migrate"}),
        ("slackblocks", {"bot.blocks.kit", "bot.blocks.elements", "bot.playground"}),
        ("bot.blocks.elements", {"bot.blocks.kit"}),
    ],
)
def test_what_is_closed_is_opened_in_one_place_only(closed: str, to: set[str]) -> None:
    strangers = {module for module, path in MODULES if any(is_inside(name, {closed}) for name in imported(path))}
    assert {module for module in strangers if not is_inside(module, to)} == set()


def test_commands_share_nothing_but_arguments_and_forms() -> None:
    shared = {"commands.arguments", "commands.forms"}
    for module, path in MODULES:
        if module.startswith("commands."):
            mine = ".".join(module.split(".")[:2])
            others = {name for name in own(path) if is_inside(name, {"commands"})}
            assert {name for name in others if not is_inside(name, {*shared, mine})} == set(), module


def test_the_rules_know_only_the_standard_library_and_what_is_as_pure() -> None:
    for module, path in MODULES:
        if is_inside(module, {"bot.domain"}):
            tops = {name.split(".")[0] for name in imported(path) if not is_inside(name, {"bot.domain", "bot.errors"})}
            assert tops <= sys.stdlib_module_names | PURE, module


EVERYTHING = {"Exception", "BaseException"}


def edges(path: Path) -> Iterator[ast.AST]:
    """Where a file catches whatever goes wrong, or has Bolt do so."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ExceptHandler(type=None):
                yield node
            case ast.ExceptHandler(type=ast.expr() as caught) if names(caught) & EVERYTHING:
                yield node
            case ast.Call(func=ast.Attribute(attr="suppress")) if names(*node.args) & EVERYTHING:
                yield node
            case ast.Call(func=ast.Name(id="suppress")) if names(*node.args) & EVERYTHING:
                yield node
            case ast.Call(func=ast.Attribute(value=ast.Name(id="app"), attr="error")):
                yield node


def names(*nodes: ast.AST) -> set[str]:
    return {one.id for node in nodes for one in ast.walk(node) if isinstance(one, ast.Name)}


def test_whatever_goes_wrong_is_caught_in_two_places_only() -> None:
    """Around listeners Bolt does, with our one function for errors; around what nobody waits for, the edge."""
    of_the_bot = [(module, path) for module, path in MODULES if not is_inside(module, {"bot.playground"})]
    assert [module for module, path in of_the_bot for _ in edges(path)] == ["bot.app", "bot.edge"]
