"""A client and what is known of it: what the card is decided from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.domain.absences import Covered
from bot.domain.answers import Answer
from bot.domain.attention import Named
from bot.domain.claims import Claim
from bot.domain.freshness import Reach
from bot.domain.marks import Mark
from bot.domain.moves import Ground
from bot.domain.renewals import Said
from bot.domain.scoring import Facts, Use
from bot.domain.snoozes import Snooze


@dataclass(frozen=True)
class Client:
    """One client in one workspace, as gathered on the day `as_of` that the installation's data goes to."""

    id: int
    name: str
    domain: str | None
    url: str | None  # where its record stands in the CRM
    currency: str
    mrr: float | None  # a month
    csm_name: str | None
    csm_slack_id: str | None
    renews_on: date | None
    as_of: date | None  # None: nothing that says how far it goes was ever loaded
    facts: Facts
    properties: Mapping[str, object]  # as the data has them
    quiet: tuple[str, ...]  # keys of the tools that are going quiet
    answers: Mapping[str, Answer]  # to its opportunities, by their keys
    uses: Mapping[int, Use]  # by position in `Catalog.tools`; also of tools that it does not own
    before: Ground | None  # what its score was made from a week before `as_of`; None: none then
    last_score: int | None  # the last ever
    last_used_on: date | None
    reaches: tuple[Reach, ...] = ()  # of the sources that cover it
    marks: Mapping[int, Mark] = field(default_factory=dict)  # that count on `as_of`, by position in `Catalog.tools`
    key_of_me: bool = False  # a key account of who asks
    key_of_team: str | None = None  # the name of their team, where it is one of that
    csm_id: int | None = None
    covered: Covered | None = None  # its CSM, where who asks covers for them
    claim: Claim | None = None  # who has taken it
    outcome: Said | None = None  # of its renewal
    snooze: Snooze | None = None  # until when it is left out of digests, as it was said
    named: Named | None = None
