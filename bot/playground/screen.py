"""What one person sees: a channel's page, and their modal, as HTML out of the state of the local Slack."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from markupsafe import Markup

from bot.playground.actions import Actions
from bot.playground.manifest import Manifest, SlashCommand
from bot.playground.model import Channel, Message, Person, View
from bot.playground.mrkdwn import Scene, mrkdwn
from bot.playground.people import SLACKBOT
from bot.playground.rendering import Place, render_blocks, templates
from bot.playground.state import Slack

SHOWN_MESSAGES = 200
TOGETHER = timedelta(minutes=5)

INVITE = "/invite"
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


@dataclass(frozen=True)
class Entry:
    """One message in the list. `follows`: its author spoke just before, so the name is not said again."""

    message: Message
    author: Person
    when: datetime
    day: str | None
    follows: bool
    html: Markup

    @property
    def private(self) -> bool:
        return self.message.ephemeral_to is not None

    @property
    def time(self) -> str:
        return f"{self.when:%H:%M}"

    @property
    def attributes(self) -> Markup:
        names = ["message", *(["follows"] if self.follows else []), *(["is-private"] if self.private else [])]
        return Markup('class="{}"').format(" ".join(names))


class Screen:
    """Draws the pages. Keeps nothing but how far each person has read."""

    def __init__(self, slack: Slack, actions: Actions, manifest: Manifest) -> None:
        self._slack = slack
        self._actions = actions
        self._manifest = manifest
        self._read: dict[tuple[str, str], str] = {}
        self._opened_at = slack.next_ts()

    def personas(self) -> list[Person]:
        """Whom a visitor may be: people of flesh and blood."""
        return [person for person in self._slack.personas() if person.id != SLACKBOT]

    def page(self, person: Person, channel: Channel, version: str, *, is_home: bool = False) -> str:
        """The whole page of a channel that the person sees; marks it as read. Or of the app's Home tab in its place."""
        with self._slack.lock:
            place = self._place(person, channel.id)
            scene = place.scene
            messages = self._actions.visible_messages(person.id, channel.id)
            if messages and not is_home:
                self._read[person.id, channel.id] = messages[-1].ts
            rooms = self._slack.channels_of(person.id)
            view = self._actions.open_view(person.id)
            return (
                templates()
                .get_template("page.html")
                .render(
                    person=person,
                    personas=self.personas(),
                    roles={each.id: _role(each, self._slack.team.id) for each in self.personas()},
                    bot=self._slack.people[self._slack.app.user_id],
                    channel=channel,
                    channels=rooms,
                    names=scene.channels,
                    title=f"{'' if channel.kind == 'im' else '#'}{scene.channels[channel.id]}",
                    members=sorted(self._slack.people[each].real_name for each in channel.members),
                    is_member=person.id in channel.members,
                    bot_is_here=self._slack.is_member(channel),
                    unread={room.id for room in rooms if self._is_unread(person, room)},
                    now=scene.now.astimezone(scene.zone),
                    steps=STEPS,
                    entries=self._entries(messages[-SHOWN_MESSAGES:], person, place),
                    hidden_messages=max(len(messages) - SHOWN_MESSAGES, 0),
                    commands=self._commands(channel),
                    hint=self._hint(),
                    shortcuts=self._manifest.shortcuts_of("global"),
                    message_shortcuts=self._manifest.shortcuts_of("message"),
                    version=version,
                    is_home=is_home,
                    has_home=self._manifest.home_tab and channel.kind == "im",
                    home=self._slack.homes.get(person.id),
                    home_html=self._home(person, place) if is_home else "",
                    **self._modal(view, place, {}),
                )
            )

    def _home(self, person: Person, place: Place) -> Markup:
        view = self._slack.homes.get(person.id)
        if view is None:
            return Markup("")
        return render_blocks(view.payload["blocks"], replace(place, key=view.id, values=view.inputs))

    def modal(self, person: Person, view: View, errors: Mapping[str, str]) -> str:
        """The person's modal alone, with what was wrong beside its fields; the empty key speaks of all of it."""
        with self._slack.lock:
            return templates().get_template("modal.html").render(**self._modal(view, self._place(person), errors))

    def _modal(self, view: View | None, place: Place, errors: Mapping[str, str]) -> dict[str, object]:
        if view is None:
            return {"view": None}
        here = replace(place, key=view.id, values=view.inputs, errors=errors)
        html = render_blocks(view.payload["blocks"], here)
        depth = len(self._slack.stack(view.person))
        return {"view": view, "depth": depth, "modal_html": html, "modal_error": errors.get("")}

    def _entries(self, messages: list[Message], person: Person, place: Place) -> list[Entry]:
        entries: list[Entry] = []
        for message in messages:
            when = datetime.fromtimestamp(float(message.ts), place.scene.zone)
            before = entries[-1] if entries else None
            day = None if before and before.when.date() == when.date() else _day(when, place.scene)
            follows = day is None and before is not None and _belongs(message, when, before)
            here = replace(place, key=f"{message.channel}-{message.ts}", values=message.inputs.get(person.id, {}))
            html = render_blocks(message.blocks, here) if message.blocks else mrkdwn(message.text, place.scene)
            entries.append(Entry(message, self._slack.people[message.author], when, day, follows, html))
        return entries

    def _place(self, person: Person, here: str = "") -> Place:
        """What all blocks on the person's page have in common."""
        people = {each.id: each.real_name for each in self._slack.people.values()}
        bot = people[self._slack.app.user_id]
        channels = {each.id: bot if each.kind == "im" else each.name for each in self._slack.channels.values()}
        scene = Scene(people, channels, self._slack.now(), person.zone)
        return Place("", scene, people=self.personas(), channels=self._slack.channels_of(person.id), here=here)

    def _is_unread(self, person: Person, channel: Channel) -> bool:
        messages = self._actions.visible_messages(person.id, channel.id)
        return bool(messages) and messages[-1].ts > self._read.get((person.id, channel.id), self._opened_at)

    def _commands(self, channel: Channel) -> list[SlashCommand]:
        invite = SlashCommand(INVITE, "Let the bot post in this channel", f"@{self._manifest.bot_name}")
        return [*self._manifest.commands, *([invite] if channel.kind != "im" else [])]

    def _hint(self) -> str | None:
        """A first command to try: the first in the manifest, with a client of the sample data."""
        return f"{self._manifest.commands[0].command} acme" if self._manifest.commands else None


def _belongs(message: Message, when: datetime, before: Entry) -> bool:
    """Whether a message stands under the same name as the one before it; private answers always say their own."""
    quiet = message.ephemeral_to is None and not before.private
    return quiet and message.author == before.message.author and when - before.when < TOGETHER


def _day(when: datetime, scene: Scene) -> str:
    near = {0: "Today", 1: "Yesterday"}.get((scene.now.astimezone(scene.zone).date() - when.date()).days)
    return near or f"{when:%A} {when.day} {when:%B %Y}"


def _role(person: Person, team_id: str) -> str:
    if person.team_id != team_id:
        return "From another company"
    if person.guest:
        return f"Guest, {person.title.lower()}" if person.title else "Guest"
    return person.title or ("Admin" if person.is_admin else "Member")
