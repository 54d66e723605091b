"""The modals that create a CS workspace and change its settings, tab by tab; what was entered on other tabs is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from bot.blocks import audit, forms, ids, kit
from bot.blocks.forms import FormState, Values
from bot.blocks.kit import Block, Modal
from bot.blocks.notices import notice
from bot.blocks.objects import called
from bot.blocks.settings_words import label, value
from bot.blocks.words import Words
from bot.domain.workspace_settings import (
    BOARD,
    DATE,
    LONGEST,
    TABLE,
    USER,
    Fields,
    Objects,
    Offered,
    Settings,
    digests,
    fields,
    key,
)
from bot.errors import UserError

GENERAL, CUSTOMERS, SERVICES = "general", "customers", "services"
REVENUE = ("revenue", "revenue2")
TOLD = 5  # changes by others that are told
KEPT = 2_900  # characters of what was entered and is not saved yet


@dataclass(frozen=True)
class EditState:
    """What the modal carries: which settings, how they were when it was opened, and what was entered on other tabs."""

    workspace: int
    version: int
    tab: str
    began: Mapping[str, str]  # digests of all fields
    draft: Fields
    listed: FormState  # leads back to the list from which it was opened

    def write(self) -> str:
        listed = [self.listed.reply_to, self.listed.opened]
        made = [self.workspace, self.version, self.tab, dict(self.began), dict(self.draft), *listed]
        text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
        if len(text) > KEPT:
            raise UserError("workspace_form_full")
        return text


def read_state(text: str) -> EditState:
    """Raises UserError where it is none, as of another release."""
    try:
        workspace, version, tab, began, draft, reply_to, opened = json.loads(text)
        listed = FormState(str(reply_to), int(opened))
        return EditState(int(workspace), int(version), str(tab), dict(began), dict(draft), listed)
    except (ValueError, TypeError) as error:
        raise UserError("form_gone") from error


def begin(settings: Settings, objects: Objects, tab: str, listed: FormState) -> EditState:
    return EditState(settings.id, settings.version, tab, digests(fields(settings, objects)), {}, listed)


def field_id(name: str, version: int) -> str:
    """Of a field's block and element. Another one for each version: else what stood there before would stay."""
    return f"{ids.OF_WORKSPACE}{name}:{version}"


def field_name(identity: str) -> str:
    return identity.removeprefix(ids.OF_WORKSPACE).rpartition(":")[0]


def read(values: Values) -> dict[str, str]:
    """What stands in the fields of a modal; an empty one is there, and empty."""
    names = {name for elements in values.values() for name in elements if name.startswith(ids.OF_WORKSPACE)}
    entered = forms.entered(values)
    return {field_name(name): entered.get(name, "") for name in names}


def tab_of(field: str, objects: Objects) -> str:
    """The tab that a field stands on."""
    object_, dot, _ = field.rpartition(".")
    if not dot:
        return CUSTOMERS if field in {"csm", "renewal"} else GENERAL
    return SERVICES if object_ == objects.service else REVENUE[list(objects.revenue).index(object_)]


def create(state: FormState, words: Words, *, is_free: bool) -> Modal:
    """A new one. `is_free`: there is a team that it can have."""
    named = {"name": "", "description": ""}
    teams = _teams([], 0, words) if is_free else kit.context(_no_team(words))
    return kit.modal(
        words("New CS workspace"),
        [*_named(named, 0, words), teams],
        close=words("Cancel"),
        submit=words("Create"),
        callback=ids.CREATE_WORKSPACE,
        metadata=forms.write(state),
    )


def _no_team(words: Words) -> str:
    return words(
        "No team is free for it: make one first (*Teams*, below the list of CS workspaces), or create it without, and "
        "add its teams later. Until it has one, nobody works in it."
    )


def created(name: str, words: Words) -> str:
    return words(
        "*{name} is created.* These are its settings, to be changed now or later; *Save* keeps what you change.",
        name=kit.name(name),
    )


def unsaved(field: str, problem: str, words: Words) -> str:
    """What is wrong with a field of the tab that is shown, where another one was to be saved."""
    return words("*Nothing is saved yet.* {field}: {problem}", field=label(field, words), problem=problem)


def edit(
    settings: Settings, state: EditState, offered: Offered, objects: Objects, words: Words, told: Sequence[str] = ()
) -> Modal:
    """One tab. `told` stands above it: what is wrong on it, or what somebody else changed meanwhile."""
    values = {**fields(settings, objects), **state.draft}
    blocks = [kit.actions(*_buttons(state.tab, objects, words)), *kit.sections(told)]
    return kit.modal(
        settings.name,
        [*blocks, *_tab(settings, values, state, offered, objects, words)],
        close=words("Cancel"),
        submit=words("Save"),
        callback=ids.EDIT_WORKSPACE,
        metadata=state.write(),
    )


def _buttons(tab: str, objects: Objects, words: Words) -> Iterator[kit.Element]:
    revenue = [called(one, words) for one in objects.revenue] or [words("Revenue")]
    titles = {GENERAL: words("General"), CUSTOMERS: words("Customers"), SERVICES: words("Services")}
    titles |= dict(zip(REVENUE, revenue, strict=False))
    for number, (name, title) in enumerate(titles.items()):
        yield kit.button(title, f"{ids.SHOW_TAB}:{number}", name, stands_out=name == tab)


def _tab(
    settings: Settings, values: Fields, state: EditState, offered: Offered, objects: Objects, words: Words
) -> Iterator[Block]:
    version = state.version
    match state.tab:
        case "customers":
            yield from _customers(values, version, offered, objects, words)
        case "services":
            yield from _beside(objects.service, values, version, offered, objects, words)
        case "revenue" | "revenue2":
            at = REVENUE.index(state.tab)
            object_ = objects.revenue[at] if at < len(objects.revenue) else None
            yield from _beside(object_, values, version, offered, objects, words)
        case _:
            yield from _named(values, version, words)
            if settings.is_primary:
                told = words(
                    "This is the primary one: it has the teams and clients that no other has, and always stays."
                )
                yield kit.context(told)
            else:
                chosen = [one for one in values["teams"].split(",") if one]
                named = {str(number): name for number, name in {**offered.teams, **settings.teams}.items()}
                yield _teams([(named[one], one) for one in chosen if one in named], version, words)


def _named(values: Fields, version: int, words: Words) -> Iterator[Block]:
    name = kit.line(field_id("name", version), values["name"], LONGEST["name"])
    yield kit.field(words("Name"), name, optional=False)
    about = kit.line(field_id("description", version), values["description"], LONGEST["description"])
    yield kit.field(words("Description"), about)


def _teams(chosen: Sequence[tuple[str, str]], version: int, words: Words) -> Block:
    hint = words(
        "Whose primary team is chosen here sees this CS workspace and no other. A team is in one only, and its saved "
        "views go with it; what people saved for themselves stays."
    )
    return _several(words("Teams"), field_id("teams", version), chosen, hint, words)


def _several(title: str, identity: str, chosen: Sequence[tuple[str, str]], hint: str, words: Words) -> Block:
    """A field for several. Where they are more than a menu holds, which would lose the rest, only their number."""
    if len(chosen) > kit.CHOICES:
        return kit.context(words("{title}: {n} are chosen, too many to be changed here.", title=title, n=len(chosen)))
    return kit.field(title, kit.searches(identity, chosen), hint)


def _customers(values: Fields, version: int, offered: Offered, objects: Objects, words: Words) -> Iterator[Block]:
    csm = words("A client's CSM decides in which CS workspaces it stands. Where nothing is chosen: csm_email.")
    renewal = words("Where nothing is chosen: renewal_date, else the next renewal of a subscription.")
    yield _property(words("CSM"), "csm", (objects.client, USER), values, version, offered, csm)
    yield _property(words("Renewal date"), "renewal", (objects.client, DATE), values, version, offered, renewal)


def _property(
    title: str, name: str, of: tuple[str, str], values: Fields, version: int, offered: Offered, hint: str
) -> Block:
    labels = {key(one.name): one.label for one in offered.properties.get(of, ())}
    held = values[name]
    chosen = (labels[held], held) if held in labels else None
    return kit.field(title, kit.search(field_id(name, version), chosen), hint)


def _beside(
    object_: str | None, values: Fields, version: int, offered: Offered, objects: Objects, words: Words
) -> Iterator[Block]:
    if object_ is None:
        yield kit.section(
            words("Nothing is chosen for this tab yet."),
            words("Load services or deals from CSV (`services.csv`, `deals.csv`, or what the mapping names)."),
            words("Then choose them, for all CS workspaces: *Objects*, below their list."),
        )
        return
    if object_ not in objects.loaded:
        yield kit.section(
            words("{objects} are not loaded yet.", objects=kit.name(called(object_, words))),
            words("Load them from CSV (`services.csv`, `deals.csv`, or what the mapping names), and set this up then."),
        )
        return
    names = {what: f"{object_}.{what}" for what in ("shown", "csm", "renewal", "pipelines", "default", "layout")}
    shown = kit.box(
        field_id(names["shown"], version), words("Show this tab"), "yes", ticked=bool(values[names["shown"]])
    )
    yield kit.field(words("Tab"), shown)
    hint = words("Where nothing is chosen: the client's.")
    yield _property(words("CSM"), names["csm"], (object_, USER), values, version, offered, hint)
    title = words("Renewal date") if object_ == objects.service else words("Renewal or end date")
    yield _property(title, names["renewal"], (object_, DATE), values, version, offered, "")
    yield from _pipelines(object_, names, values, version, offered, words)
    layouts = [(words("Table"), TABLE), (words("Board"), BOARD)]
    layout = kit.radios(field_id(names["layout"], version), layouts, values[names["layout"]] or TABLE)
    yield kit.field(words("Layout to begin with"), layout, optional=False)


def _pipelines(
    object_: str, names: Mapping[str, str], values: Fields, version: int, offered: Offered, words: Words
) -> Iterator[Block]:
    known = {key(one): one for one in offered.pipelines.get(object_, ())}
    chosen = [(known[one], one) for one in values[names["pipelines"]].split(",") if one in known]
    hint = words("Only these are on the tab. Where none is chosen: all.")
    yield _several(words("Pipelines"), field_id(names["pipelines"], version), chosen, hint, words)
    held = values[names["default"]]
    default = kit.search(field_id(names["default"], version), (known[held], held) if held in known else None)
    yield kit.field(words("Pipeline to begin with"), default)


def meanwhile(newest: Sequence[audit.Entry], versions: int, zone: tzinfo, words: Words) -> list[str]:
    """Who changed what since the modal was opened, so many versions ago; the newest of it, in its order."""
    told = [line for one in reversed(newest) for line in audit.lines(one, zone, words)]
    more = versions - len(newest)
    earlier = [words.count("{n} earlier change, and then:", "{n} earlier changes, and then:", more)] if more > 0 else []
    kept = words("What you entered is kept. Save again to have it so.")
    return [words("This was changed while you had it open:"), *earlier, *told, kept]


def kept(words: Words) -> Modal:
    """After a submission that was sent twice."""
    return notice(words("Saved."), words, words("CS workspace"))


def saved(workspace: str, before: Mapping[str, object], after: Mapping[str, object], words: Words) -> Modal:
    """What was saved, from what to what."""
    lines = [
        f"{label(name, words)}: {value(name, before.get(name), words)} → {value(name, now, words)}"
        for name, now in after.items()
    ]
    head = words("Saved: *{name}*", name=kit.name(workspace)) if lines else words("Nothing was changed.")
    return kit.modal(words("CS workspace"), kit.sections([head, *lines]), close=words("Close"))
