"""The clients with a name of their own: each stands for a state that people should see in their first minutes.

Their habits are scripted tool by tool, so that they have the same score on whatever day the playground starts. With
the shipped catalog, that is the score in the comment.
"""

from __future__ import annotations

from bot.playground.sample.accounts import ANNA, BO, CLEO, TEAMS, YEAR, Account, Habit, Purchase

MARKETING, SALES, SERVICE = "Marketing Hub", "Sales Hub", "Service Hub"
STARTER, PROFESSIONAL = "Starter", "Professional"
AGO = -3 * 365  # when most of them became clients


def cast() -> list[Account]:
    """Fourteen clients."""
    return [*_falling(), *_rising(), *_steady(), *_apart()]


def _on(*tools: str, first: int = -YEAR, last: int = 0) -> tuple[Habit, ...]:
    return tuple(Habit(tool, first, last) for tool in tools)


def _until(tool: str, last: int) -> tuple[Habit, ...]:
    """In use until this day, 90 to 92 days ago: it counted a week ago and counts no more."""
    return Habit(tool, -YEAR, -97), Habit(tool, -96, last, daily=True)


def _again(tool: str, first: int, stopped: int | None = None) -> tuple[Habit, ...]:
    """In use since this day, at most 6 days ago: it counts now and did not a week ago."""
    before = () if stopped is None else (Habit(tool, -YEAR, stopped),)
    return *before, Habit(tool, first, 0, daily=True)


def _account(
    name: str, domain: str, country: str, industry: str, csm: str, background: str, renews: int | None, touched: int,
    purchases: tuple[Purchase, ...], habits: tuple[Habit, ...], contacts: tuple[int, int] | None = None,
) -> Account:  # fmt: skip
    team = next(team for team, people in TEAMS.items() if csm in people)
    bought = tuple(one._replace(renews=renews) if one.ended is None else one for one in purchases)
    return Account(
        name, domain, country, industry, csm, team, background, bought, habits,
        renews=renews, touched=touched, size=3, contacts=contacts,
    )  # fmt: skip


def _falling() -> list[Account]:
    return [
        _account(  # 14 of 34, 4; a week ago 21, 6
            "Acme AS", "acme.example", "NO", "Manufacturing", ANNA,
            "Their marketing lead left three months ago; the emails, posts and workflows were hers", 47, -12,
            (Purchase(MARKETING, PROFESSIONAL, 890, 5, 4, AGO), Purchase(SALES, STARTER, 200, 10, 6, AGO)),
            (
                *_until("marketing_email", -92), *_until("workflows", -90), *_until("social", -91),
                *_again("templates", -6),
                Habit("forms", last=-32), Habit("landing_pages", last=-17),
                *_on("deals", "integrations", "contacts", "activities"),
            ),
            (6_400, 10_000),
        ),
        _account(  # 6 of 22, 3; a week ago 9, 4
            "Globex Oy", "globex.example", "FI", "Transport", ANNA,
            "Sales went back to a spreadsheet", 131, -9,
            (Purchase(MARKETING, STARTER, 60, 3, 2, AGO), Purchase(SALES, STARTER, 120, 6, 3, AGO)),
            (*_until("deals", -91), *_on("forms", "contacts", "integrations")),
        ),
    ]  # fmt: skip


def _rising() -> list[Account]:
    return [
        _account(  # 10 of 21, 5; a week ago 7, 3
            "Initech AB", "initech.example", "SE", "Software", ANNA,
            "A new operations lead switched the workflows on again", 204, -3,
            (Purchase(SALES, PROFESSIONAL, 900, 9, 8, AGO),),
            (*_again("workflows", -5, stopped=-150), *_on("deals", "templates", "contacts", "integrations")),
        ),
        _account(  # 10 of 22, 5; a week ago 7, 3
            "Tyrell Oy", "tyrell.example", "FI", "Manufacturing", CLEO,
            "Recovered after a workshop on ticket routing", 88, -11,
            (Purchase(SERVICE, PROFESSIONAL, 700, 7, 5, AGO),),
            (*_again("workflows", -6, stopped=-140), *_on("tickets", "inbox", "contacts")),
        ),
    ]  # fmt: skip


def _steady() -> list[Account]:
    core = ("contacts", "activities")
    return [
        _account(  # 30 of 38, 8, and tickets in the free tools
            "Vandelay Oy", "vandelay.example", "FI", "Transport", ANNA,
            "Everybody there works in it; asks for a help desk", 166, -5,
            (Purchase(MARKETING, PROFESSIONAL, 890, 6, 6, AGO), Purchase(SALES, PROFESSIONAL, 1_200, 12, 11, AGO)),
            _on(*core, "segments", "dashboards", "forms", "marketing_email", "landing_pages", "campaigns", "deals",
                "meetings", "templates", "sequences", "blog", "workflows", "integrations", "tickets"),
        ),
        _account(  # 13 of 16, 8
            "Hooli Nord AB", "hooli-nord.example", "SE", "Software", ANNA,
            "Grows out of its contact limit", 73, -8,
            (Purchase(MARKETING, STARTER, 420, 4, 3, AGO),),
            _on(*core, "forms", "marketing_email", "landing_pages", "integrations"), (9_300, 10_000),
        ),
        _account(  # 11 of 38, 3
            "Umbrella Hage AS", "umbrella-hage.example", "NO", "Gardening", ANNA,
            "Bought both hubs for a project that was never staffed", 60, -38,
            (Purchase(MARKETING, PROFESSIONAL, 890, 5, 2, AGO), Purchase(SALES, PROFESSIONAL, 1_510, 15, 5, AGO)),
            _on("contacts", "segments", "forms", "landing_pages", "deals"),
        ),
        _account(  # 10 of 19, 5
            "Oceanic Oy", "oceanic.example", "FI", "Transport", BO,
            "Two teams in it, the third stays away", 240, -20,
            (Purchase(SALES, STARTER, 100, 5, 4, AGO), Purchase(SERVICE, STARTER, 80, 4, 4, AGO)),
            _on(*core, "deals", "tickets"),
        ),
        _account(  # 10 of 16, 6: the neighbour of a typo in "Acme"
            "Acme Eiendom AS", "acme-eiendom.example", "NO", "Property", BO,
            "Not related to Acme AS", 118, -31,
            (Purchase(MARKETING, STARTER, 60, 3, 2, AGO),),
            _on(*core, "forms", "marketing_email"),
        ),
        _account(  # 12 of 16, 8: with the next one, two of the same name in other legal forms
            "Fiktiv AS", "fiktiv-as.example", "NO", "Accounting", ANNA,
            "Mother company in Norway", 290, -16,
            (Purchase(MARKETING, STARTER, 75, 3, 3, AGO),),
            _on(*core, "forms", "marketing_email", "landing_pages"),
        ),
        _account(  # 7 of 13, 5
            "Fiktiv AB", "fiktiv-ab.example", "SE", "Accounting", BO,
            "Sister company in Sweden, deals only", 290, -44,
            (Purchase(SALES, STARTER, 60, 3, 2, AGO),),
            _on(*core, "deals"),
        ),
    ]  # fmt: skip


def _apart() -> list[Account]:
    """Those who have no tier."""
    return [
        _account(  # onboarding, day 34 of 90; 2 of 7, 3
            "Wonka Norge AS", "wonka.example", "NO", "Manufacturing", ANNA,
            "Signed last month; data first, then forms", -33 + 365, -2,
            (Purchase(MARKETING, STARTER, 90, 4, 2, -33),),
            (Habit("contacts", -33, -14, daily=True),),
        ),
        _account(  # not known
            "Wayne Bygg AS", "wayne-bygg.example", "NO", "Construction", ANNA,
            "Bought through a partner, nobody has logged in", None, -57,
            (Purchase(SALES, STARTER, 60, 3, 0, -200),),
            (),
        ),
        _account(  # former since 81 days; 3 of 16, 2, at the end
            "Soylent Oy", "soylent.example", "FI", "Café", BO,
            "Bought up; the group uses another system", None, -84,
            (Purchase(MARKETING, STARTER, 60, 3, 1, AGO, ended=-81),),
            (*_on("contacts", "integrations", last=-85), *_on("forms", "marketing_email", last=-220)),
        ),
    ]  # fmt: skip
