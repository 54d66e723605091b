"""Which client a text names, and where a message stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.mentions import Named, begins, clearest, domains, permalink, proper, runs

ACME, EIENDOM, TWIN = Named(1, "Acme AS", "acme"), Named(2, "Acme Eiendom AS", "acme eiendom"), Named(3, "Twin", "twin")


def test_every_run_of_a_few_words_may_be_a_name() -> None:
    assert runs("Acme Eiendom AS called!") >= {"acme", "acme eiendom", "eiendom", "acme eiendom as called", "called"}
    assert "acme" in runs("cs-acme-support")
    assert runs("a - ?") == set()


@given(st.text())
def test_any_text_has_some_runs_or_none(text: str) -> None:
    assert all(len(one) > 1 for one in runs(text))
    assert None not in domains(text)
    assert len(proper(text)) <= 5


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Wonka moved, says Kari Nordmann", ["Kari Nordmann", "Wonka"]),
        ("We saw Wonka. Then Acme called", ["Then Acme", "Wonka."]),
        ("we saw him at AB", []),
        ("Aaaa bb Cccc bb Dddd bb Eeee bb Ffff bb Gggg", ["Aaaa", "Cccc", "Dddd", "Eeee", "Ffff"]),
    ],
)
def test_words_that_are_written_like_names_may_begin_one(text: str, found: list[str]) -> None:
    assert proper(text) == found


@pytest.mark.parametrize(
    ("name", "run", "does"),
    [("Wonka Norge AS", "Wonka.", True), ("Wonka AS", "Wonka", True), ("Wonkas AS", "Wonka", False), ("X", "Y", False)],
)
def test_a_name_begins_with_whole_words(name: str, run: str, does: bool) -> None:
    assert begins(name, run) is does


def test_domains_stand_in_addresses() -> None:
    assert domains("Mail (kari@acme.example), see https://wayne.example/x.") == {"acme.example", "wayne.example"}


@pytest.mark.parametrize(
    ("found", "clear"),
    [
        ([], None),
        ([ACME], ACME),
        ([ACME, EIENDOM, TWIN], EIENDOM),
        ([ACME, TWIN], None),
        ([TWIN, Named(4, "Twin AS", "twin")], None),
    ],
)
def test_the_longest_name_is_meant_unless_there_are_two(found: list[Named], clear: Named | None) -> None:
    assert clearest(found) == clear


@pytest.mark.parametrize(
    ("domain", "thread", "link"),
    [
        ("acme", None, "https://acme.slack.com/archives/C1/p1790000000000100"),
        ("acme", "1790000000.000100", "https://acme.slack.com/archives/C1/p1790000000000100"),
        ("acme", "1.2", "https://acme.slack.com/archives/C1/p1790000000000100?thread_ts=1.2&cid=C1"),
        (None, None, ""),
    ],
)
def test_a_message_has_the_address_that_slack_gives_it(domain: str | None, thread: str | None, link: str) -> None:
    assert permalink(domain, "C1", "1790000000.000100", thread) == link
