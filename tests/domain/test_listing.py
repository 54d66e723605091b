"""The overview's numbers: shares of MRR a currency at a time, and the currencies that come first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import Tier
from bot.domain.listing import SHOWN, Row, currencies, gather, portions

ROWS = st.lists(
    st.tuples(
        st.sampled_from(SHOWN),
        st.sampled_from(["EUR", "NOK", "PLN", None]),
        st.integers(1, 50),
        st.none() | st.integers(1, 10**9).map(float),
    )
)


@given(ROWS)
def test_the_shares_of_a_currency_are_of_that_currency_alone_and_add_up_to_all_of_it(rows: list[Row]) -> None:
    found = portions(gather(rows))
    for currency in currencies(rows):
        shares = {tier: shares[currency] for tier, shares in found.items() if currency in shares}
        assert abs(sum(shares.values()) - 1) < 1e-9
        whole = sum(amount for _, one, _, amount in rows if one == currency and amount)
        for tier, share in shares.items():
            part = sum(amount for at, one, _, amount in rows if (at, one) == (tier, currency) and amount)
            assert abs(share - part / whole) < 1e-9


def test_the_currency_of_most_clients_comes_first_whatever_the_amounts() -> None:
    rows: list[Row] = [
        (Tier.LOW, "PLN", 2, 900_000.0),
        (Tier.HIGH, "EUR", 3, 10.0),
        (Tier.LOW, "EUR", 1, 10.0),
        (Tier.LOW, "NOK", 4, 5.0),
        (Tier.HIGH, "SEK", 90, 0.0),
        (Tier.UNKNOWN, None, 7, None),
    ]
    assert currencies(rows) == ("EUR", "NOK", "PLN")
