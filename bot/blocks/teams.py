"""Teams: the list of them, and the modals that make, change and remove one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.blocks import forms, ids, kit
from bot.blocks.forms import FormState
from bot.blocks.kit import Block, Message, Modal
from bot.blocks.words import Words
from bot.blocks.workspaces import back
from bot.domain.teams import NAME, Entered, Member, Team

PAGE = 8  # teams of a message
NAMED = 6  # people that are named in the list
# The fields:
TEAM_NAME, COUNTRY, TIME_ZONE, CHANNEL = "name", "country", "time_zone", "channel"
PEOPLE, LEADS, PRIMARY = "people", "leads", "primary"


def page(found: Sequence[Team], first: int, words: Words) -> Message:
    """The answer to `/workspace teams`, from the team at this place on."""
    if not found:
        text = words("No teams yet. Until there is one, every full member of this Slack workspace has a seat.")
        return kit.message(text, [kit.section(text), kit.actions(_new(words), back(words))])
    shown = found[first : first + PAGE]
    title = words.count("{n} team", "{n} teams", len(found))
    lines = [_lines(one, words) for one in shown]
    parts = [_team(one, said, words) for one, said in zip(shown, lines, strict=True)]
    text = f"{title}. {' '.join(' · '.join(said) + '.' for said in lines)}"
    head = kit.section(f"*{title}*")
    return kit.message(
        text.replace("*", ""), [head, *parts, kit.actions(*_turning(found, first, words), _new(words), back(words))]
    )


def _new(words: Words) -> kit.Element:
    return kit.button(words("New team"), ids.NEW_TEAM, "")


def _team(one: Team, lines: Sequence[str], words: Words) -> Block:
    if one.is_read_only:
        return kit.section(*lines)
    change = [(words("Change"), f"{ids.EDIT_TEAM}:{one.id}"), (words("Remove"), f"{ids.REMOVE_TEAM}:{one.id}")]
    return kit.section(*lines, accessory=kit.overflow(f"{ids.CHANGE_TEAM}:{one.id}", change))


def _lines(one: Team, words: Words) -> list[str]:
    place = [part for part in (one.country, one.time_zone) if part]
    place += [f"<#{one.channel_id}>"] if one.channel_id else []
    home = [words("CS workspace {name}", name=kit.name(one.workspace, 40))] if one.workspace else []
    lines = [" · ".join([f"*{kit.name(one.name, 60)}*", *place, *home]), _people(one.members, words)]
    if one.is_read_only:
        lines.append(words("From {source}: changed there, and here once that names it no longer", source=one.source))
    elif one.kind == "sample":
        lines.append(words("Of the sample: leaves with it"))
    return lines


def _people(members: Sequence[Member], words: Words) -> str:
    if not members:
        return words("Nobody is in it")
    first = sorted(members, key=lambda one: not one.is_lead)[:NAMED]
    return words.some([_member(one, words) for one in first], len(members))


def _member(one: Member, words: Words) -> str:
    notes = [words("lead")] if one.is_lead else []
    notes += [] if one.is_primary else [words("primary team is another")]
    notes += [] if one.is_active else [words("not in Slack")]
    return kit.name(one.name, 30) + (f" ({', '.join(notes)})" if notes else "")


def _turning(found: Sequence[Team], first: int, words: Words) -> Iterator[kit.Element]:
    if first > 0:
        yield kit.button(words("◀ Back"), f"{ids.SHOW_TEAMS}:back", str(max(0, first - PAGE)))
    if first + PAGE < len(found):
        yield kit.button(words("Next ▶"), f"{ids.SHOW_TEAMS}:next", str(first + PAGE))


def fields_of(one: Team) -> dict[str, str]:
    """What a form's fields hold at first."""
    shown = [(member, member.slack_user_id or "") for member in one.shown]
    held = {
        TEAM_NAME: one.name,
        COUNTRY: one.country or "",
        TIME_ZONE: one.time_zone or "",
        CHANNEL: one.channel_id or "",
        PEOPLE: ",".join(who for _, who in shown),
        LEADS: ",".join(who for member, who in shown if member.is_lead),
        PRIMARY: ",".join(who for member, who in shown if member.is_primary),
    }
    return {name: text for name, text in held.items() if text}


def read(fields: Mapping[str, str]) -> Entered:
    """What was entered. Country and time zone are still to be looked up."""

    def several(name: str) -> frozenset[str]:
        return frozenset(filter(None, fields.get(name, "").split(",")))

    return Entered(
        fields.get(TEAM_NAME, ""),
        fields.get(COUNTRY) or None,
        fields.get(TIME_ZONE) or None,
        fields.get(CHANNEL) or None,
        several(PEOPLE),
        several(LEADS),
        several(PRIMARY),
    )


def create(fields: Mapping[str, str], state: FormState, words: Words) -> Modal:
    return forms.modal(words("New team"), _fields(fields, words), ids.NEW_TEAM, state, words)


def edit(
    one: Team, fields: Mapping[str, str], state: FormState, words: Words, changed: Mapping[str, str] | None = None
) -> Modal:
    """The fields of a team. `changed`: what somebody else made of them meanwhile, while these are the asker's own."""
    blocks = [*_meanwhile(changed or {}, words), *_fields(fields, words), *_unshown(one, words)]
    return forms.modal(words("Change team"), blocks, ids.EDIT_TEAM, state, words)


def _fields(held: Mapping[str, str], words: Words) -> list[Block]:
    def several(name: str) -> kit.Element:
        return kit.persons(name, filter(None, held.get(name, "").split(",")))

    second = words("Whoever is in another team already keeps that as the primary one, unless named here.")
    leads = words(
        "They see the team by CSM, do and reassign its tasks, say who covers, and change its saved views and digests."
    )
    shared = words("Where its digests will be posted. Channels shared with other companies are not offered.")
    labels = _labels(words)
    return [
        kit.field(labels[TEAM_NAME], kit.line(TEAM_NAME, held.get(TEAM_NAME), NAME), optional=False),
        kit.field(labels[PEOPLE], several(PEOPLE), words("Who is in a team has a seat.")),
        kit.field(labels[LEADS], several(LEADS), leads),
        kit.field(labels[PRIMARY], several(PRIMARY), second),
        kit.field(labels[COUNTRY], kit.line(COUNTRY, held.get(COUNTRY), 2), words("Two letters, such as NO or FI")),
        kit.field(labels[TIME_ZONE], kit.line(TIME_ZONE, held.get(TIME_ZONE), 64), words("Such as Europe/Oslo")),
        kit.field(labels[CHANNEL], kit.conversation(CHANNEL, held.get(CHANNEL)), shared),
    ]


def _labels(words: Words) -> dict[str, str]:
    return {
        TEAM_NAME: words("Name"),
        PEOPLE: words("People"),
        LEADS: words("Leads"),
        PRIMARY: words("Primary team of"),
        COUNTRY: words("Country"),
        TIME_ZONE: words("Time zone"),
        CHANNEL: words("Channel"),
    }


def _meanwhile(changed: Mapping[str, str], words: Words) -> Iterator[Block]:
    """What somebody else changed, field by field."""
    if changed:
        labels = _labels(words)
        lines = [f"{labels[name]}: {_shown(name, text, words)}" for name, text in changed.items()]
        head = words("*Somebody else changed this team meanwhile.* It has now:")
        yield from kit.sections([head, *lines, words("Below is what you entered. Save again, and that counts.")])


def _shown(name: str, text: str, words: Words) -> str:
    if not text:
        return words("nothing")
    if name == CHANNEL:
        return f"<#{kit.escape(text)}>"
    if name in {PEOPLE, LEADS, PRIMARY}:
        return ", ".join(f"<@{kit.escape(one)}>" for one in text.split(","))
    return kit.name(text)


def _unshown(one: Team, words: Words) -> Iterator[Block]:
    rest = [kit.name(member.name, 40) for member in one.members if member not in one.shown]
    if rest:
        people = words.some(rest[:NAMED], len(rest))
        yield kit.context(words("Also in it, and not to be chosen in Slack: {people}", people=people))


def remove(one: Team, views: int, state: FormState, words: Words) -> Modal:
    """What goes with a team, before it does."""
    lines = [words("Remove *{name}*?", name=kit.name(one.name))]
    if one.members:
        lines.append(words.count("{n} person loses it.", "{n} people lose it.", len(one.members)))
    if one.workspace:
        home = kit.name(one.workspace, 60)
        lines.append(words("{name} keeps its other teams; clients of this one go to the primary one.", name=home))
    if views:
        lines.append(words.count("{n} saved view of the team goes.", "{n} saved views of the team go.", views))
    lines.append(words("Clients and what was noted on them stay."))
    lines.append(words("It comes back if teams.csv, or a client in its column team, names it again."))
    return forms.modal(words("Remove team"), [kit.section(*lines)], ids.REMOVE_TEAM, state, words, words("Remove"))
