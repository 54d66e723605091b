"""Any filter at all, for rules that hold for each."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.domain.catalog import Kind, Tier
from bot.domain.filters import DAYS, NO_DATE, PASSED, Filter, Renews, Sort
from bot.domain.key_accounts import Key
from tests.domain.catalogs import SHIPPED

CATEGORIES = {key: category.name for key, category in SHIPPED.categories.items()}
SCRIPTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=" \t\"“”„«»:：,-<>&|\\'aé株👩‍🚀ًم", max_size=60),
    st.sampled_from(["tier:low", "mine", "ALL", '"', '""', "https://acme.example", "Acme, Inc.", "İ", "client:", "-"]),
)
SPANS = st.tuples(st.integers(0, 10), st.integers(0, 10)).map(lambda ends: (min(ends), max(ends)))
WINDOWS = st.tuples(st.integers(*DAYS), st.integers(*DAYS)).map(lambda ends: Renews(min(ends), max(ends)))
FILTERS = st.builds(
    Filter,
    tiers=st.lists(st.sampled_from(Tier)).map(tuple),
    score=st.none() | SPANS,
    category=st.none() | st.sampled_from(sorted(CATEGORIES)),
    opportunity=st.none() | st.sampled_from(Kind),
    quiet=st.booleans(),
    client=st.none() | SCRIPTS,
    csm=st.none() | st.sampled_from(["me", "nobody", "ÅSA@example.com", "“a”@b:c", "İ@x"]) | st.emails(),
    team=st.none() | SCRIPTS,
    key=st.none() | st.sampled_from(Key),
    renews=st.sampled_from([None, PASSED, NO_DATE]) | WINDOWS,
    sort=st.none() | st.sampled_from(Sort),
    reverse=st.booleans(),
    view=st.none() | SCRIPTS,
)
