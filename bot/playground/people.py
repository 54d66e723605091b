"""The cast of the playground: plainly made-up people and the channels that they are in."""

from __future__ import annotations

from bot.playground.model import AppIdentity, Channel, Person, Team

TEAM = Team("T0PLAYGROUND", "playground", "Playground")
CUSTOMER_TEAM = Team("T0CUSTOMER00", "customer", "Customer Ltd")
APP = AppIdentity("A0ENGAGEMENT", "B0ENGAGEMENT", "U0ENGAGEMENT")
SLACKBOT = "USLACKBOT"

DINA, ANNA, BO, CLEO, DAN = "U0DINADEMO", "U0ANNACSM", "U0BOCSM00", "U0CLEOCSM", "U0DANCSM0"
GUS, SAM, OLA = "U0GUSGUEST", "U0SAMSTRANGER", "U0OLALEFT"

GENERAL, CS_NORDIC, CS_CENTRAL = "C0GENERAL", "C0CSNORDIC", "C0CSCENTRAL"
CS_LEADS, CUSTOMER_SHARED, PILOT = "C0CSLEADS", "C0CUSTSHARED", "C0PILOTGUEST"


def cast(bot_name: str = "engagement") -> list[Person]:
    """Everybody, in the order in which a list shows them; the bot's name is the manifest's."""
    home = TEAM.id
    return [
        Person(DINA, "dina", "Dina Demo", "dina@example.com", home, is_admin=True, is_owner=True, title="Admin"),
        Person(ANNA, "anna", "Anna Aas", "anna@example.com", home, title="CSM, CS Nordic"),
        Person(BO, "bo", "Bo Berg", "bo@example.com", home, "Europe/Helsinki", "fi-FI", title="CSM, CS Nordic"),
        Person(CLEO, "cleo", "Cleo Clas", "cleo@example.com", home, "Europe/Berlin", title="CSM, CS Central"),
        Person(DAN, "dan", "Dan Doe", "dan@example.com", home, "America/New_York", title="CSM, CS Central"),
        Person(GUS, "gus", "Gus Guest", "gus@customer.example", home, guest="single", title="Customer"),
        Person(SAM, "sam", "Sam Stranger", "sam@customer.example", CUSTOMER_TEAM.id, "Europe/London"),
        Person(OLA, "ola", "Ola Left", "ola@example.com", home, deleted=True),
        Person(APP.user_id, bot_name, bot_name, "", home, is_bot=True),
        Person(SLACKBOT, "slackbot", "Slackbot", "", home, is_bot=True),
    ]


def channels() -> list[Channel]:
    """The channels and, per person who may write to the bot, their direct messages with it."""
    csms = {DINA, ANNA, BO, CLEO, DAN}
    bot = {APP.user_id}
    rooms = [
        Channel(GENERAL, "general", "public", csms | bot, "Everybody", is_general=True),
        Channel(CS_NORDIC, "cs-nordic", "public", {DINA, ANNA, BO} | bot, "Team CS Nordic"),
        Channel(CS_CENTRAL, "cs-central", "public", {DINA, CLEO, DAN}, "Team CS Central"),
        Channel(CS_LEADS, "cs-leads", "private", {DINA, ANNA, CLEO}, "Leads of the teams"),
        Channel(CUSTOMER_SHARED, "customer-shared", "public", {ANNA, SAM} | bot, "With a customer", is_ext_shared=True),
        Channel(PILOT, "pilot-with-guest", "public", {ANNA, BO, GUS} | bot, "A guest reads along"),
    ]
    return rooms + [direct_message(person) for person in (DINA, ANNA, BO, CLEO, DAN, GUS, SAM)]


def direct_message(person_id: str) -> Channel:
    """The direct messages of a person with the bot; its id follows from theirs."""
    return Channel("D" + person_id[1:], "", "im", {person_id, APP.user_id}, partner=person_id)
