"""The settings of a CS workspace as a form has them: read, checked, and compared with what the form began with.

A form's fields are texts by name: several choices with commas between them, properties and pipelines by a short key,
since they may be longer than what Slack sends back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from bot.errors import FieldError, UserError

LONGEST = {"name": 80, "description": 500}
CSM = "csm_email"  # the property that is the CSM where nothing is chosen: a column of clients.csv
TABLE, BOARD = "table", "board"
BESIDE = frozenset({"service", "deal"})  # objects whose records belong to a client and are none
USER, DATE = "user", "date"  # types of properties

Fields = Mapping[str, str]


class ChangedError(UserError):
    """Somebody else saved the settings since the form was opened."""


@dataclass(frozen=True)
class Objects:
    """Which of the installation's objects stands for what, and which have records."""

    client: str
    service: str | None = None
    revenue: Sequence[str] = ()  # at most two
    loaded: Sequence[str] = ()

    @property
    def beside(self) -> list[str]:
        """Those that a workspace has a tab for beside its clients."""
        return [*([self.service] if self.service else []), *self.revenue]


@dataclass(frozen=True)
class Tab:
    """What a workspace shows of services, or of a revenue object."""

    is_shown: bool = True
    csm: str | None = None
    renewal: str | None = None  # or the end date of a revenue object
    pipelines: tuple[str, ...] = ()  # none chosen: all
    default: str | None = None
    layout: str = TABLE


@dataclass(frozen=True)
class Settings:
    id: int
    version: int
    is_primary: bool
    name: str
    description: str
    teams: Mapping[int, str]  # of the primary one, those that no other has
    csm: str
    renewal: str | None
    tabs: Mapping[str, Tab] = field(default_factory=dict)  # by object

    def tab(self, object_: str) -> Tab:
        return self.tabs.get(object_, Tab())


class Property(NamedTuple):
    name: str
    label: str


@dataclass(frozen=True)
class Offered:
    """What can be chosen in an installation."""

    properties: Mapping[tuple[str, str], Sequence[Property]]  # by object and type
    pipelines: Mapping[str, Sequence[str]]  # by object
    teams: Mapping[int, str] = field(default_factory=dict)  # that are in no other created workspace

    def label(self, object_: str, type_: str, name: str | None) -> str | None:
        """A property as people read it: by its own name where it is not loaded."""
        found = {one.name: one.label for one in self.properties.get((object_, type_), ())}
        return None if name is None else found.get(name) or name


def key(text: str) -> str:
    """What a property or a pipeline is called in a form."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def fields(settings: Settings, objects: Objects) -> dict[str, str]:
    """The settings as fields of a form."""
    found = {
        "name": settings.name,
        "description": settings.description,
        "teams": _several(str(one) for one in sorted(settings.teams)),
        "csm": key(settings.csm),
        "renewal": _key(settings.renewal),
    }
    for object_ in objects.beside:
        tab = settings.tab(object_)
        found |= {
            f"{object_}.shown": "yes" if tab.is_shown else "",
            f"{object_}.csm": _key(tab.csm),
            f"{object_}.renewal": _key(tab.renewal),
            f"{object_}.pipelines": _several(key(one) for one in tab.pipelines),
            f"{object_}.default": _key(tab.default),
            f"{object_}.layout": tab.layout,
        }
    return found


def _several(values: Iterable[str]) -> str:
    return ",".join(sorted(values))


def _key(text: str | None) -> str:
    return key(text) if text else ""


def digests(values: Fields) -> dict[str, str]:
    """What a form remembers of each field as it was when it was opened."""
    return {name: key(_ordered(name, text))[:6] for name, text in values.items()}


def _ordered(name: str, text: str) -> str:
    return _several(text.split(",")) if name == "teams" or name.endswith(".pipelines") else text


def changed(entered: Fields, began: Mapping[str, str]) -> dict[str, str]:
    """The fields that somebody changed, of those that a form was opened with."""
    return {
        name: text for name, text in entered.items() if name in began and digests({name: text})[name] != began[name]
    }


def name(text: str) -> str:
    """A workspace's name as it is kept. Raises FieldError."""
    found = _plain(text)
    if not any(letter.isalnum() for letter in found):
        raise FieldError("workspace_no_name", "name")
    return _within("name", found)


def description(text: str) -> str:
    return _within("description", _plain(text))


def _plain(text: str) -> str:
    """Without control characters, and with single spaces."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _within(field: str, text: str) -> str:
    if len(text) > LONGEST[field]:
        raise FieldError("workspace_too_long", field, limit=LONGEST[field], length=len(text))
    return text


def teams(text: str) -> list[int]:
    """The ids of the teams that were chosen. Raises FieldError where one is none."""
    found = [one for one in text.split(",") if one]
    if not all(one.isascii() and one.isdigit() and len(one) < 19 for one in found):
        raise FieldError("workspace_team_gone", "teams")
    return [int(one) for one in found]


def checked(settings: Settings, values: Fields, offered: Offered, objects: Objects) -> Settings:
    """The settings with the fields that were changed. Raises FieldError.

    Teams are only ids here: whose they are is known when they are written. What has no records has no fields either:
    services are set up once they are loaded.
    """
    made = replace(
        settings,
        name=name(values["name"]) if "name" in values else settings.name,
        description=description(values["description"]) if "description" in values else settings.description,
        teams=dict.fromkeys(teams(values["teams"]), "") if "teams" in values else settings.teams,
        csm=_property("csm", values, offered, objects.client, USER, settings.csm) or CSM,
        renewal=_property("renewal", values, offered, objects.client, DATE, settings.renewal),
    )
    tabs = {one: _tab(one, settings.tab(one), values, offered) for one in objects.beside if one in objects.loaded}
    return replace(made, tabs={**settings.tabs, **tabs})


def _tab(object_: str, tab: Tab, values: Fields, offered: Offered) -> Tab:
    names = {key(one): one for one in offered.pipelines.get(object_, ())}
    at = {what: f"{object_}.{what}" for what in ("shown", "csm", "renewal", "pipelines", "default", "layout")}
    pipelines = tab.pipelines
    if at["pipelines"] in values:
        chosen = [one for one in values[at["pipelines"]].split(",") if one]
        pipelines = tuple(sorted(_pipeline(at["pipelines"], one, names) for one in chosen))
    default = tab.default
    if at["default"] in values:
        picked = values[at["default"]]
        default = _pipeline(at["default"], picked, names) if picked else None
    if default is not None and pipelines and default not in pipelines:
        raise FieldError("workspace_default_pipeline", at["default"], pipeline=default)
    layout = values.get(at["layout"], tab.layout)
    return Tab(
        is_shown=bool(values[at["shown"]]) if at["shown"] in values else tab.is_shown,
        csm=_property(at["csm"], values, offered, object_, USER, tab.csm),
        renewal=_property(at["renewal"], values, offered, object_, DATE, tab.renewal),
        pipelines=pipelines,
        default=default,
        layout=layout if layout in {TABLE, BOARD} else TABLE,
    )


def _property(field: str, values: Fields, offered: Offered, object_: str, type_: str, before: str | None) -> str | None:
    if field not in values:
        return before
    names = {key(one.name): one.name for one in offered.properties.get((object_, type_), ())}
    if values[field] and values[field] not in names:
        raise FieldError("workspace_property_gone", field)
    return names.get(values[field])


def _pipeline(field: str, chosen: str, names: Mapping[str, str]) -> str:
    if chosen not in names:
        raise FieldError("workspace_pipeline_gone", field)
    return names[chosen]


def described(settings: Settings, offered: Offered, objects: Objects) -> dict[str, Any]:
    """The settings by their names, as people read them."""
    client = objects.client
    found: dict[str, Any] = {
        "name": settings.name,
        "description": settings.description,
        "csm": offered.label(client, USER, settings.csm),
        "renewal": offered.label(client, DATE, settings.renewal),
    }
    if not settings.is_primary:
        found["teams"] = sorted(settings.teams.values())
    for object_ in objects.beside:
        tab = settings.tab(object_)
        found |= {
            f"{object_}.shown": tab.is_shown,
            f"{object_}.csm": offered.label(object_, USER, tab.csm),
            f"{object_}.renewal": offered.label(object_, DATE, tab.renewal),
            f"{object_}.pipelines": list(tab.pipelines),
            f"{object_}.default": tab.default,
            f"{object_}.layout": tab.layout,
        }
    return found
