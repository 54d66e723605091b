"""The list of digests and their modals, at their limits, too; and what was entered in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.blocks import digest_form as form
from bot.blocks import digest_list as show
from bot.blocks import forms, kit
from bot.blocks.digest_form import Choices
from bot.blocks.forms import FormState
from bot.blocks.words import speak
from bot.domain.access import Person
from bot.domain.digest_settings import LONGEST, Listed, Outcome, Place, Run, View
from bot.domain.digests import WEEKDAYS, Alerts, Content, Digest, Pause, Thresholds
from bot.errors import FieldError
from bot.playground.validation import check_blocks, check_view
from tests.blocks.conftest import Golden

WORDS = speak()
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
STATE = FormState("https://hooks.slack.com/actions/1", 1_795_000_000)
DINA = Person(1, 1, 1, "U0DINADEMO", "Dina", "Europe/Oslo", "en-US", is_super_admin=True)
ANNA = Person(2, 1, 1, "U0ANNACSM", "Anna", "Europe/Oslo", "en-US")
NORDIC = Digest(1, 7, 1, "CS *Nordic*", Content.BOTH, "Europe/Oslo", 1, 3, channel_id="C1", next_at=MONDAY)
CHOICES = Choices(
    [Place(1, "Success"), Place(1, "Success", 3, "Nordic", "Europe/Oslo", "C1"), Place(2, "Second")],
    [View(5, "Falling", 1, "Nordic"), View(6, "Own", 1, None), View(8, "Mine", 1, "Nordic", "csm:me"),
     View(9, "Theirs", 2, "Second crew")],
    "EUR",
)  # fmt: skip
LISTED = Listed(NORDIC, "Success", "Nordic", None, Run(NOW, Outcome.POSTED))
WHOLE = replace(
    NORDIC,
    content=Content.VIEW,
    view_id=5,
    days=frozenset({0, 6}),
    at=time(7, 45),
    grace=timedelta(minutes=30),
    thresholds=Thresholds(2, 0.2, (60, 14)),
    alerts=Alerts(keys=True, mrr=1000, currency="NOK"),
    escalates=4,
)


def page(*found: Listed, asker: Person = DINA) -> kit.Message:
    return show.page(found, 0, asker, NOW, WORDS)


def test_digests_with_their_next_and_last_run(golden: Golden) -> None:
    paused = [
        Listed(replace(NORDIC, id=10 + n, paused=why, next_at=None), "Success", None, None, Run(NOW, outcome, "error"))
        for n, (why, outcome) in enumerate(zip((Pause.PERSON, Pause.ARCHIVED, Pause.GONE), Outcome, strict=False))
    ]
    draft = Listed(
        replace(WHOLE, id=9, channel_id=None, paused=Pause.DRAFT, next_at=None), "Success", "Nordic", "Falling"
    )
    golden("digests", page(LISTED, draft, *paused))
    golden("digests_read_only", page(LISTED, asker=ANNA))
    golden("digests_none", page(asker=ANNA))


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (Outcome.POSTED, "posted"),
        (Outcome.QUIET, "ran, nothing new"),
        (Outcome.LATE, "skipped, it would have come too late"),
        (Outcome.FAILED, "failed (error)"),
        (Outcome.RUNNING, "being posted"),
    ],
)
def test_a_run_says_how_it_went(outcome: Outcome, says: str) -> None:
    assert (
        f"Last run Fri 20 Nov 10:00\u202fAM: {says}" in page(LISTED._replace(last=Run(NOW, outcome, "error")))["text"]
    )


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (WEEKDAYS, "Mon–Fri"),
        (range(7), "Every day"),
        ((0, 2), "Mon, Wed"),
        ((5, 6), "Sat, Sun"),
        ((1, 2, 3), "Tue–Thu"),
    ],
)
def test_days_are_said_shortly(days: frozenset[int], says: str) -> None:
    assert show.days(days, WORDS) == says


@pytest.mark.parametrize("letter", ["x", "&", "*", "株"])
def test_the_longest_names_keep_slacks_limits(letter: str) -> None:
    name, state = letter * LONGEST, replace(STATE, about=str(2**62))
    one = replace(WHOLE, id=2**62, name=name)
    long = Choices([Place(1, letter * 80, 3, letter * 255)], [View(2**62, letter * 60, 1, letter * 255)], "EUR")
    many = page(*[Listed(one, letter * 80, letter * 255, letter * 60, Run(NOW, Outcome.FAILED, letter * 64))] * 50)
    check_blocks(many["blocks"], "message")
    changed = dict.fromkeys(form.fields_of(one), name) | {form.DAYS: "0,1"}
    for view in (form.form(form.fields_of(one), long, state, WORDS, changed), show.send(one, state, WORDS),
                 show.delete(one, state, WORDS), show.saved(one, NOW, WORDS), show.deleted(name, WORDS)):  # fmt: skip
        check_view(view)


def test_the_modals(golden: Golden) -> None:
    golden("digest_new", form.form(form.fields_of(replace(NORDIC, name="")), CHOICES, STATE, WORDS))
    golden("digest_edit", form.form(form.fields_of(WHOLE), CHOICES, replace(STATE, about="7"), WORDS))
    changed = {form.NAME: "Other", form.OF: "2", form.DAYS: "0,4", form.CHANNEL: "C2", form.MRR: ""}
    golden("digest_changed", form.form(form.fields_of(WHOLE), CHOICES, replace(STATE, about="7"), WORDS, changed))
    golden("digest_send", show.send(NORDIC, STATE, WORDS))
    golden("digest_delete", show.delete(NORDIC, STATE, WORDS))


@pytest.mark.parametrize("one", [NORDIC, WHOLE, replace(NORDIC, channel_id=None, team_id=None)])
def test_what_stands_in_the_fields_is_the_digest(one: Digest) -> None:
    view = form.form(form.fields_of(one), CHOICES, STATE, WORDS)
    assert form.read(forms.opened(view["blocks"]), one, CHOICES) == one


def entered(**fields: str) -> Digest:
    return form.read(form.fields_of(NORDIC) | fields, NORDIC, CHOICES)


@pytest.mark.parametrize(
    ("typed", "mrr", "currency"),
    [("1000", 1000, "EUR"), ("1,000 nok", 1000, "NOK"), ("1 000,50", 1000, "EUR"), ("1.000.000", 1_000_000, "EUR")],
)
def test_an_amount_is_read_as_people_write_it(typed: str, mrr: float, currency: str) -> None:
    assert entered(mrr=typed).alerts == Alerts(keys=False, mrr=mrr, currency=currency)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({form.NAME: "–"}, "digest_no_name"),
        ({form.OF: "9"}, "digest_no_place"),
        ({form.DAYS: ""}, "digest_no_day"),
        ({form.AHEAD: ""}, "digest_no_renewal"),
        ({form.AT: ""}, "morning_no_time"),
        ({form.MRR: "much"}, "digest_no_amount"),
        ({form.WHAT: "view:4"}, "digest_view_gone"),
        ({form.WHAT: "view:6"}, "digest_view_own"),
        ({form.WHAT: "view:8"}, "digest_view_asks"),
        ({form.WHAT: "view:9"}, "digest_view_elsewhere"),
    ],
)
def test_what_cannot_be_is_said_of_its_field(fields: dict[str, str], key: str) -> None:
    with pytest.raises(FieldError) as refused:
        entered(**fields)
    assert (refused.value.key, refused.value.field) == (key, next(iter(fields)))


def test_of_one_whose_team_is_gone_whose_clients_are_chosen_anew() -> None:
    gone = form.fields_of(replace(NORDIC, team_id=None, paused=Pause.GONE))
    with pytest.raises(FieldError) as refused:
        form.read(gone, NORDIC, CHOICES)
    assert refused.value.key == "digest_no_place"


def test_a_preview_has_no_buttons_that_act_on_the_channels_message(golden: Golden) -> None:
    menu = kit.overflow("digest_menu", [("Take", "take:1")])
    made = kit.message("News.", [kit.section("News", accessory=menu), kit.actions(kit.button("More", "more", "1"))])
    golden("digest_preview", show.preview(NORDIC, made, WORDS))
    golden("digest_preview_quiet", show.preview(NORDIC, None, WORDS))
