"""A list's filter as conditions on `standing`. A statement's text follows from a shape; the values are bound to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)

from bot.domain import names
from bot.domain.catalog import Catalog, Tier
from bot.domain.filters import NO_DATE, Filter
from bot.domain.key_accounts import Followers
from bot.domain.listing import AREA_BITS, GROUPS, NOT_INCLUDED, OF_KIND, SHOWN, Listing, Sign, Whose
from bot.domain.workspaces import EVERYTHING
from storage import followers as followed
from storage import lists
from storage.schema import client_word, record, standing
from storage.sqljson import number
from storage.word_search import part, with_part

JUDGED = GROUPS[0]
# The index of `standing` that reads the clients of a small scope:
_INDEXES = {Whose.MINE: "person", Whose.PERSON: "person", Whose.COVERED: "person", Whose.TEAM: "team"}
WORDS = 200  # of the base that have what was typed as a part

_HERE: BindParameter[int] = bindparam("installation")
_one = standing.c
_same = record.alias("same")  # the client's, whether or not the list joins it too


class Shape(NamedTuple):
    """What the text of a statement depends on."""

    tiers: tuple[Tier, ...]  # of the clients
    area: int | None  # place of the category, whose scores are then meant
    judged_levels: bool  # only some of the scores from 0 to 10, for those with a tier; …
    all_levels: bool  # … for all
    scope: Whose
    nobody: bool  # clients without a CSM
    of_both: bool  # of a person and of a team
    signs: int  # all of which a client must have
    renews: str  # "", "first", "last", "both" or "none"
    named: bool
    of_person: bool  # key accounts of a person; …
    of_team: bool  # … of a team; or of both

    @property
    def is_of_followers(self) -> bool:
        return self.of_person or self.of_team


def shape(catalog: Catalog, listing: Listing) -> Shape:
    wanted, scope = listing.wanted, listing.scope
    followers = scope.followers or Followers()
    bands = [tier for tier in wanted.tiers if tier in JUDGED]
    by_area = wanted.category in catalog.categories
    tiers = wanted.tiers or SHOWN
    if by_area and bands:  # a tier then is the category's, whatever the client's
        tiers = (*JUDGED, *(tier for tier in tiers if tier not in JUDGED))
    return Shape(
        tiers=tiers,
        area=list(catalog.categories).index(wanted.category or "") if by_area else None,
        judged_levels=by_area and bool(bands),
        all_levels=wanted.score is not None,
        scope=scope.whose,
        nobody=scope.whose is Whose.PERSON and scope.person_id is None,
        of_both=scope.is_of_both,
        signs=_signs(wanted),
        renews=_renewal_shape(listing),
        named=bool(wanted.client and names.key(wanted.client)),
        of_person=followers.person_id is not None,
        of_team=followers.team_id is not None,
    )


def _signs(wanted: Filter) -> int:
    signs = Sign.QUIET if wanted.quiet else Sign(0)
    if wanted.opportunity is not None:
        signs |= OF_KIND[wanted.opportunity]
    return int(signs)


def _renewal_shape(listing: Listing) -> str:
    renews = listing.wanted.renews
    if renews is None:
        return ""
    if renews == NO_DATE:
        return "none"
    return "last" if renews.first is None else "both"


def values(catalog: Catalog, listing: Listing) -> dict[str, Any]:
    """What is bound to a statement of the listing's shape."""
    wanted, scope = listing.wanted, listing.scope
    first, last = wanted.renews.dates(listing.today) if wanted.renews else (None, None)
    key, followers = names.key(wanted.client or ""), scope.followers or Followers()
    return {
        "installation": listing.installation_id,
        "workspace": listing.stands_in,
        "person": scope.person_id,
        "team": scope.team_id,
        "key_person": followers.person_id,
        "key_team": followers.team_id,
        "levels": (levels := _levels(catalog, listing)),
        "lowest": min(levels, default=0),
        "highest": max(levels, default=0),
        "first_day": first,
        "last_day": last,
        "name": key,
        **part(max(key.split(), key=len, default="")),
    }


def _levels(catalog: Catalog, listing: Listing) -> list[int]:
    """The scores from 0 to 10 that are wanted."""
    wanted = listing.wanted
    low, high = wanted.score or (0, 10)
    levels = set(range(low, high + 1))
    bands = [catalog.bands[tier] for tier in wanted.tiers if tier in JUDGED]
    if wanted.category is not None and bands:
        levels &= {level for first, last in bands for level in range(first, last + 1)}
    return sorted(levels)


def level(area: int | None) -> ColumnElement[int]:
    """The score that is meant: of the category at this place, else the client's."""
    if area is None:
        return _one.score
    return _one.areas.bitwise_rshift(literal_column(str(AREA_BITS * area))).bitwise_and(literal_column("15"))


def moved(area: int | None) -> ColumnElement[float]:
    """How far in 7 days the share moved that is meant: the category's, or the client's."""
    if area is None:
        return _one.change_7
    in_area = func.coalesce(number(_one.area_changes, literal_column(f"'{area}'")), 0.0)
    return case((_one.change_7.is_not(None), in_area))


def clauses(wanted: Shape, tiers: Sequence[Tier], chosen: Select[Any] | None = None) -> Iterator[ColumnElement[bool]]:
    """What a client must fulfil to be in the list with one of these tiers. `chosen`: as of `within`."""
    yield from within(wanted, chosen)
    yield among(tiers)
    if wanted.area is not None:
        yield level(wanted.area) != literal_column(str(NOT_INCLUDED))
    wanted_levels = level(wanted.area).in_(select(lists.numbers("levels").c.value))
    if wanted.all_levels or (wanted.judged_levels and set(tiers) <= set(JUDGED)):
        yield wanted_levels
    elif wanted.judged_levels and set(tiers) & set(JUDGED):
        yield or_(~among(JUDGED), wanted_levels)
    yield from further(wanted)
    if wanted.named:
        yield from _named()


def further(wanted: Shape) -> Iterator[ColumnElement[bool]]:
    """Of these, what is the same whatever the tier, and needs no other table."""
    if wanted.signs:
        signs: ColumnElement[int] = literal_column(str(wanted.signs))
        yield _one.signs.bitwise_and(signs) == signs
    yield from _renewal(wanted)


def among(tiers: Sequence[Tier]) -> ColumnElement[bool]:
    return _one.tier.in_([literal_column(f"'{tier.value}'") for tier in tiers])


def within(wanted: Shape, chosen: Select[Any] | None = None) -> Iterator[ColumnElement[bool]]:
    """What a client of the scope fulfils. Who may see what stands here and nowhere else.

    chosen  ids of the few clients that are asked about; none: all
    """
    yield _one.installation_id == _HERE
    few = followed.clients(of_person=wanted.of_person, of_team=wanted.of_team) if wanted.is_of_followers else chosen
    if few is not None:  # each looked up by its id: by a sum no index of a whole workspace is tempting
        yield _one.client_id.in_(few)
        yield _one.workspace_id + literal_column("0") == bindparam("workspace")
    else:  # of whom the asker covers it is theirs, with that person alone
        yield _one.workspace_id == bindparam("workspace")
    match wanted.scope:
        case Whose.MINE | Whose.PERSON | Whose.COVERED:
            yield _one.person_id.is_(None) if wanted.nobody else _one.person_id == bindparam("person")
            if wanted.of_both:
                yield _one.team_id == bindparam("team")
        case Whose.TEAM:
            yield _one.team_id == bindparam("team")


def seen(
    at: Any, workspace: ColumnElement[int] | int, covered: Select[Any] | Collection[int] = ()
) -> ColumnElement[bool]:
    """Whether a client stands where somebody sees it: in their workspace, or anywhere as that of whom they cover.

    at       columns of `standing`
    covered  the people who are covered; who covers nobody is asked no more than the workspace. A client may then stand
             in two places where it is seen.
    """
    own: ColumnElement[bool] = at.workspace_id == workspace
    if isinstance(covered, Collection) and not covered:
        return own
    return or_(own, and_(at.workspace_id != EVERYTHING, at.person_id.in_(covered)))


def of_covered() -> Select[Any]:
    """The people that are bound as `covered`."""
    return select(lists.numbers("covered").c.value)


def hinted(query: Select[Any], wanted: Shape, whole: str = "") -> Select[Any]:
    """SQLite, which has no statistics here and would guess, is told what reads least; `whole`: of a whole base."""
    if wanted.is_of_followers:
        return query
    small = _INDEXES.get(wanted.scope)
    hint = whole if small is None else f"INDEXED BY ix_standing_{small}"
    return query.with_hint(standing, hint, "sqlite") if hint else query


def _renewal(wanted: Shape) -> Iterator[ColumnElement[bool]]:
    match wanted.renews:
        case "none":
            yield _one.renews_on.is_(None)
        case "both":
            yield _one.renews_on.between(bindparam("first_day"), bindparam("last_day"))
        case "last":
            yield _one.renews_on <= bindparam("last_day")


def _named() -> Iterator[ColumnElement[bool]]:
    """The text is in the name: first those with the longest of its words, or with words that have it as a part."""
    words = with_part(_HERE, WORDS)
    yield _one.client_id.in_(
        select(client_word.c.client_id).where(client_word.c.installation_id == _HERE, client_word.c.word.in_(words))
    )
    yield _one.client_id.in_(
        select(_same.c.id).where(
            _same.c.installation_id == _HERE,
            _same.c.id == _one.client_id,
            _same.c.name_key.contains(bindparam("name"), autoescape=False),
        )
    )
