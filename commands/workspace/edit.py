"""The settings of a CS workspace: a modal with tabs that keeps what was entered, against the version it began with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import ids, kit
from bot.blocks import workspace_form as form
from bot.blocks.forms import FormState
from bot.blocks.wording import explain
from bot.blocks.workspace_form import EditState
from bot.domain.workspace_settings import (
    DATE,
    USER,
    ChangedError,
    Fields,
    Objects,
    Offered,
    Settings,
    changed,
    checked,
    digests,
    fields,
    key,
)
from bot.domain.workspaces import search
from bot.errors import FieldError
from commands import forms
from commands.arguments import Turn, carried_id
from commands.workspace import first, index
from storage import audit, objects, submissions, workspace_changes, workspace_choices, workspaces
from storage.workspace_changes import Changed

Payload = Mapping[str, Any]
Known = tuple[Settings, Objects, Offered]


def on_open(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Edit*, from the list; or *Choose it*, from where a setting is missed, which names its tab."""
    ack()
    number, _, tab = action["value"].partition(" ")
    tab = form.CUSTOMERS if tab == form.CUSTOMERS else form.GENERAL
    view = opened(carried_id(number) or 0, turn, tab, forms.carrying(body))
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def opened(workspace_id: int, turn: Turn, tab: str, listed: FormState, *, is_new: bool = False) -> kit.Modal:
    """The modal as it begins. `listed`: what leads back to the list from which it was opened."""
    settings, here, offered = _known(workspace_id, turn)
    told = [form.created(settings.name, turn.words)] if is_new else []
    state = form.begin(settings, here, tab, listed)
    return form.edit(settings, state, offered, here, turn.words, told)


def on_tab(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """Another tab, with what was entered on this one kept."""
    ack()
    view = body["view"]
    state = form.read_state(view["private_metadata"])
    state = replace(state, tab=action["value"], draft=_entered(view, state))
    slack.views_update(view_id=view["id"], view=_shown(state, turn))


def on_submit(ack: Ack, view: Payload, turn: Turn, now: Callable[[], datetime]) -> None:
    state = form.read_state(view["private_metadata"])
    state = replace(state, draft=_entered(view, state))
    try:
        saved = _write(view["id"], state, turn, now())
    except ChangedError:
        ack(response_action="update", view=_shown(state, turn))
    except FieldError as error:
        _refuse(ack, error, state, turn)
    else:
        ack(response_action="update", view=_saved(saved, state, turn))
        first.show_again(ack, state.listed, turn)
        index.resettle(turn)


def on_options(ack: Ack, body: Payload, turn: Turn) -> None:
    """What a field offers for what is typed into it."""
    name = form.field_name(body["action_id"])
    view = body["view"]
    is_new = view["callback_id"] == ids.CREATE_WORKSPACE
    workspace_id = None if is_new else form.read_state(view["private_metadata"]).workspace
    ack(**kit.found(search(body.get("value") or "", _offered(name, workspace_id, turn))))


def _offered(name: str, workspace_id: int | None, turn: Turn) -> Sequence[tuple[str, str]]:
    installation_id = turn.person.installation_id
    object_, _, what = name.rpartition(".")
    with turn.db.read() as connection:
        here = objects.read(connection, installation_id)
        if object_ and object_ not in here.beside:
            return []
        match what:
            case "teams":
                free = workspace_choices.free_teams(connection, installation_id, workspace_id)
                return [(label, str(one)) for one, label in free.items()]
            case "pipelines" | "default":
                return [(one, key(one)) for one in workspace_choices.pipelines_of(connection, installation_id, object_)]
            case "csm" | "renewal":
                known = workspace_choices.properties(connection, installation_id, here)
                found = known.get((object_ or here.client, USER if what == "csm" else DATE), [])
                return [(one.label, key(one.name)) for one in found]
    return []


def _known(workspace_id: int, turn: Turn, of: Collection[str] | None = ()) -> Known:
    """The settings, and what can be chosen; pipelines only of these objects, since they take the longest to find."""
    installation_id = turn.person.installation_id
    with turn.db.read() as connection:
        settings = workspaces.get(connection, installation_id, workspace_id)
        here = objects.read(connection, installation_id)
        of = [one for one in here.beside if of is None or one in of]
        return settings, here, workspace_choices.offered(connection, installation_id, here, workspace_id, of)


def _entered(view: Payload, state: EditState) -> dict[str, str]:
    """What was changed since the modal was opened, on this tab and on others."""
    return changed({**state.draft, **form.read(view["state"]["values"])}, state.began)


def _shown(state: EditState, turn: Turn, told: Sequence[str] = ()) -> kit.Modal:
    """The modal with what was entered, and with who saved what meanwhile."""
    settings, here, offered = _known(state.workspace, turn, None)
    if settings.version != state.version:
        told = [*told, *_meanwhile(settings, state, turn)]
        state = replace(state, version=settings.version, began=digests(fields(settings, here)))
        state = replace(state, draft=changed(state.draft, state.began))
    return form.edit(settings, state, offered, here, turn.words, told)


def _meanwhile(settings: Settings, state: EditState, turn: Turn) -> list[str]:
    """Each version is a change, which the audit knows."""
    versions = settings.version - state.version
    with turn.db.read() as connection:
        most = min(versions, form.TOLD)
        newest = audit.of_workspace(connection, turn.person.installation_id, settings.id, most)
    return form.meanwhile(newest, versions, turn.person.zone, turn.words)


def _write(view_id: str, state: EditState, turn: Turn, now: datetime) -> Changed | None:
    """What was changed; None where this submission was written already."""
    installation_id = turn.person.installation_id
    settings, here, offered = _known(state.workspace, turn, _named(state.draft))
    wanted = replace(checked(settings, state.draft, offered, here), version=state.version)
    with turn.db.write() as connection:
        # The modal may be that which created the workspace, and was claimed then.
        if not submissions.claim(connection, installation_id, f"{view_id}/{state.version}", now):
            return None
        return workspace_changes.save(connection, installation_id, turn.person.id, wanted, now)


def _named(draft: Fields) -> set[str]:
    """The objects whose pipelines were chosen."""
    return {name.rpartition(".")[0] for name in draft if name.endswith((".pipelines", ".default"))}


def _refuse(ack: Ack, error: FieldError, state: EditState, turn: Turn) -> None:
    """What is wrong stands beside its field, or above the tab that has it."""
    with turn.db.read() as connection:
        tab = form.tab_of(error.field, objects.read(connection, turn.person.installation_id))
    if tab == state.tab:
        forms.refuse(ack, form.field_id(error.field, state.version), error, turn)
    else:
        told = [form.unsaved(error.field, kit.plain(explain(error, turn.words)), turn.words)]
        ack(response_action="update", view=_shown(replace(state, tab=tab), turn, told))


def _saved(saved: Changed | None, state: EditState, turn: Turn) -> kit.Modal:
    if saved is None:
        return form.kept(turn.words)
    with turn.db.read() as connection:
        settings = workspaces.get(connection, turn.person.installation_id, state.workspace)
    return form.saved(settings.name, saved.before, saved.after, turn.words)
