"""Names: what is folded, which legal forms are left out, and what two edits have in common."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain import names

FOLDED = [
    ("Acme AS", "acme"),
    ("ACME, Inc.", "acme"),
    ("acme  corp.", "acme"),
    ("Acme Holding LLC", "acme holding"),
    ("Ærø Bygg A/S", "aero bygg"),
    ("AB Volvo", "volvo"),
    ("AB Volvo (publ)", "volvo"),
    ("Oy Karl Fazer Ab", "karl fazer"),
    ("SAS Institute Inc.", "sas institute"),  # a name that begins like a legal form of another country
    ("Foo S.p.A.", "foo"),
    ("Foo S. p. A.", "foo"),
    ("Müller & Söhne GmbH & Co. KG", "muller sohne"),
    ("Cemex S.A.B. de C.V.", "cemex"),
    ("Kowalski Sp. z o.o.", "kowalski"),
    ("Straße ẞ", "strasse ss"),
    ("Łódź Işık Đorđe Þór Ŋ", "lodz isik dorde thor n"),
    ("O’Brien's", "obriens"),
    ("H&M", "hm"),
    ("J. P. Morgan", "jp morgan"),
    ("J.P. Morgan", "jp morgan"),
    ("Plan B A/S", "plan b"),
    ("Booking.com", "booking com"),
    ("株式会社トヨタ", "トヨタ"),
    ("ООО Ромашка", "ромашка"),
    ("שלום בע״מ", "שלום"),
    ("한국전력", "한국전력"),
    ("zero\u200bwidth soft\u00adhyphen", "zerowidth softhyphen"),
    ("\u202eacme\u202c", "acme"),
    ("rocket 🚀 ship", "rocket ship"),
    ("a\x00b \ud800", "ab"),
]


@pytest.mark.parametrize(("name", "key"), FOLDED)
def test_names_are_folded(name: str, key: str) -> None:
    assert names.key(name) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [("AS", "as"), ("Inc", "inc"), ("Ltd Co", "ltd"), ("AB", "ab"), ("AB AS", "ab"), ("🚀", "🚀"), ("!!!", "!!!")],
)
def test_a_name_is_never_folded_away(name: str, key: str) -> None:
    assert names.key(name) == key


@given(st.text(min_size=1, max_size=400))
def test_only_what_nobody_can_see_has_no_key(name: str) -> None:
    key = names.key(name)
    assert len(key) <= names.KEY_LENGTH
    assert key == key.strip()
    assert "\x00" not in key
    key.encode()  # a database takes it
    if any(letter.isalnum() for letter in name):
        assert key


@given(st.text(max_size=100))
def test_a_key_keeps_its_words(name: str) -> None:
    found = names.words(names.key(name))
    assert len(set(found)) == len(found)
    assert all(0 < len(word) <= names.WORD_LENGTH for word in found)


def test_words_are_distinct_and_in_order() -> None:
    assert names.words(names.key("Best of the Best Ltd")) == ("best", "of", "the")


LETTERS = st.text("abcdef", min_size=3, max_size=10)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and the same with one edit."""
    word, other = draw(LETTERS), draw(st.sampled_from("abcxyz"))
    at = draw(st.integers(0, len(word) - 2))
    edits = [
        word[:at] + other + word[at:],
        word[:at] + word[at + 1 :],
        word[:at] + other + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ]
    return word, draw(st.sampled_from(edits))


@given(edited())
def test_words_one_edit_apart_have_a_deletion_in_common(pair: tuple[str, str]) -> None:
    assert names.deletions(pair[0]) & names.deletions(pair[1])


@given(edited())
def test_an_edit_in_a_long_word_leaves_its_beginning_or_an_ending_or_swaps_the_letters_between(
    pair: tuple[str, str],
) -> None:
    word, typed = pair
    assume(len(word) > names.SHORT)
    head, tail = names.halves(typed)
    swapped = head[:-1] + tail[0] + head[-1] + tail[1:]
    assert word.startswith(head) or tail in names.endings(word) or word == swapped


@given(LETTERS, st.data())
def test_every_part_of_three_letters_begins_the_word_or_an_ending_or_does_less_its_first(
    word: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(word) - 3))
    part = word[at : data.draw(st.integers(at + 3, len(word)))]
    endings = names.endings(word)
    assert word.startswith(part) or any(
        one.startswith(part) or word[-len(one) - 1 :].startswith(part) for one in endings
    )


def test_only_short_words_have_forms_and_only_longer_ones_endings() -> None:
    assert names.forms("ab") == {"ab"}
    assert names.forms("abc") == {"abc", "bc", "ac", "ab"}
    assert names.forms("abcdef") == set()
    assert names.endings("abc") == []
    assert names.endings("abcdef") == ["def", "bcdef"]


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("acme.com", "acme.com"),
        ("ACME.com", "acme.com"),
        ("www.acme.co.uk", "acme.co.uk"),
        ("acme.com.", "acme.com"),
        ("https://www.acme.com/pricing?x=1#top", "acme.com"),
        ("http://user@acme.com:8080", "acme.com"),
        ("//acme.com/x", "acme.com"),
        ("anna@acme.com", "acme.com"),
        ("anna+crm@mail.acme.com", "mail.acme.com"),
        ("mailto:anna@acme.com", "acme.com"),
        ("bücher.example", "bücher.example"),
        ("acme", None),
        ("acme inc.", None),
        ("at acme.com", None),
        ("@", None),
        ("https://", None),
        ("", None),
    ],
)
def test_domains_are_taken_out_of_addresses(text: str, domain: str | None) -> None:
    assert names.domain(text) == domain


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("acme", "acme"),
        (" <@U1> acme ", "acme"),
        ("<@U1|anna> <#C1|general> <!here> <!subteam^S1|@x>", ""),
        ("<https://acme.com|acme.com>", "https://acme.com"),
        ("<mailto:anna@acme.com|anna@acme.com>", "anna@acme.com"),
        ("H&amp;M", "H&M"),
        ("&amp;lt;", "&lt;"),
        ("a < b", "a < b"),
    ],
)
def test_slacks_control_sequences_are_left_out(text: str, seen: str) -> None:
    assert names.typed(text) == seen
