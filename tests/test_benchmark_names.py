"""The names and typos that the look-up is measured with: like a register's, and how many of them can be told apart."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from rapidfuzz import fuzz

from benchmarks.decidable import Reference
from benchmarks.names import companies, typo_with_a_word_left_out, typos
from bot.domain.names import key


def test_names_are_made_in_the_numbers_of_a_register() -> None:
    keys = [key(name) for name in companies(30_000, seed=1)]
    names_with = Counter(word for one in keys for word in set(one.split()))
    rarest = [min(names_with[word] for word in one.split()) for one in keys]
    equal = Counter(keys)
    assert len(names_with) == pytest.approx(25_400, rel=0.1)  # GLEIF's, of as many names
    assert sum(number == 1 for number in names_with.values()) / len(names_with) == pytest.approx(0.73, abs=0.05)
    assert rarest.count(1) / len(keys) == pytest.approx(0.52, abs=0.05)
    assert sum(number for number in equal.values() if number > 1) / len(keys) == pytest.approx(0.005, abs=0.005)


def test_names_and_typos_come_from_their_seed() -> None:
    names = companies(50, seed=2)
    assert names == companies(50, seed=2) != companies(50, seed=3)
    assert typos(20, names, seed=4) == typos(20, names, seed=4) != typos(20, names, seed=5)


def test_the_more_names_have_a_word_the_likelier_it_is_left_out() -> None:
    random, common = Random(6), Counter({"Nordlys": 1, "Havbruk": 99})
    made = (typo_with_a_word_left_out(common, random, "Nordlys Havbruk AS") for _ in range(200))
    typed = [one for one in made if one is not None]
    assert sum(fuzz.ratio(one, "Nordlys") > fuzz.ratio(one, "Havbruk") for one in typed) >= 0.95 * len(typed)


@pytest.mark.parametrize(
    ("names", "kind", "typed", "chance"),
    [
        (["Nordlys AS", "Nordly AS"], "one edit", "Nordlyss AS", 1.0),
        ([f"Nord{letter} AS" for letter in "abcdefghijklmnopqrst"], "one edit", "Nordz AS", 0.5),  # 20 are as near
        ([f"Nord{letter}" for letter in "abcdefghijk"] + ["Norden"], "two edits", "Norda", 1.0),
        ([f"Nordlys {letter}q" for letter in "abcdefghijklmnopqrst"], "typo and a word left out", "Nordlis", 0.5),
        (["Nordlys Havbruk AS", "Nordlys Bygg AS"], "joined or split", "Nord lys Havbruk AS", 1.0),
    ],
)
def test_what_no_ranking_can_decide_is_known(names: list[str], kind: str, typed: str, chance: float) -> None:
    assert Reference(names).chance(kind, 0, typed) == chance
