"""The README says what is there: commands, settings, routes, columns, folders. Nothing more, and nothing less."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from bot import manifest, web
from bot.__main__ import app
from bot.domain.filter_text import parse
from bot.domain.filters import FIELDS
from bot.playground.manifest import Manifest
from bot.settings import Settings
from storage.imports.mapping import COLUMNS, REQUIRED

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ("README.md", "docs/development.md", "examples/README.md")


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of each row of the table under a heading."""
    part = re.split(rf"(?m)^#+ {re.escape(heading)}$", README)[1].split("\n#")[0]
    for line in part.splitlines():
        if line.startswith("| ") and not line.startswith("| ---"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def table(heading: str) -> list[list[str]]:
    return list(rows(heading))[1:]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_settings() -> None:
    wanted = {
        name.upper(): (str(field.default) if field.default not in (None, "") else "", field.description)
        for name, field in Settings.model_fields.items()
    }
    assert {code(name)[0]: (default.strip("`"), says) for name, default, says in table("Settings")} == wanted


def test_the_example_of_an_environment() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^(?:# )?([A-Z_]+)=", text) == [name.upper() for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else field.default
        assert re.search(rf"(?m)^# {re.escape(str(field.description))}\n(# )?{name.upper()}={default}$", text), name


def test_the_example_of_an_environment_sets_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    assert Settings(_env_file=ROOT / ".env.example") == Settings()  # type: ignore[call-arg]


def commands(group: Any) -> Iterator[tuple[str, Any]]:
    """All commands by their names, those of groups with the group's before it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from ((f"{name} {inner}", one) for inner, one in commands(command))
        else:
            yield name, command


def test_commands_of_the_command_line_with_their_options() -> None:
    listed = {}
    for cell, _ in table("Command line"):
        name = re.match(r"[a-z]+(?: [a-z]+)*", code(cell)[0])
        assert name is not None
        listed[name[0]] = set(re.findall(r"--[\w-]+", code(cell)[0]))
    known = {
        name: {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        for name, command in commands(get_command(app))
    }
    assert listed == {name: options - {"--help"} for name, options in known.items()}


def test_slash_commands() -> None:
    listed = [code(cell)[0].split()[0] for cell, _ in table("Slash commands")]
    assert listed == [command.command for command in Manifest.read(manifest.FILE).commands]


def test_a_slash_command_takes_what_its_hint_in_slack_says() -> None:
    commands = {command.command: command.usage_hint for command in Manifest.read(manifest.FILE).commands}
    for cell, _ in table("Slash commands"):
        name, takes = code(cell)[0].replace("\\|", "|").split(maxsplit=1)
        assert commands[name] == f"{takes} or help"


def test_filters() -> None:
    listed = [code(cell)[0] for cell, _ in table("Filters")]
    assert [text.partition(":")[0] for text in listed] == list(FIELDS)
    for text in (example for cells in table("Filters") for cell in cells for example in code(cell)):
        assert parse(text, {"marketing": "Marketing"}).parts(), text


def test_routes() -> None:
    assert [tuple(code(cell)[0].split()) for cell, _ in table("HTTP routes")] == [
        (method, path) for path, method in web.ROUTES.items()
    ]


def test_columns_of_csv_files() -> None:
    listed = {code(name)[0].removesuffix(".csv"): cell for name, cell in table("Your CSV files")}
    assert {name: set(code(cell)) for name, cell in listed.items()} == {n: set(all_) for n, all_ in COLUMNS.items()}
    assert {name: set(re.findall(r"\*\*`(\w+)`\*\*", cell)) for name, cell in listed.items()} == {
        name: set(required) for name, required in REQUIRED.items()
    }


def test_folders() -> None:
    for cell, _ in table("Where things are"):
        for path in code(cell):
            assert list(ROOT.glob(path)), path


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert target.startswith("http") or (path.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES)
def test_doors_of_the_makefile(page: str) -> None:
    targets = set(re.findall(r"(?m)^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    used = re.findall(r"(?m)(?:^    |`|&& )make (\w+)", (ROOT / page).read_text(encoding="utf-8"))
    assert set(used) <= targets


def test_the_newest_change_is_of_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.search(r"(?m)^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert newest is not None
    assert newest[1] == project["version"]
