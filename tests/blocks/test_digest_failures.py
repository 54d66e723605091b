"""What the maker of a digest is told where it could not be posted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.blocks.digest_failures import failed, paused, unsure
from bot.blocks.words import speak
from bot.domain.digests import Content, Digest, Pause
from tests.blocks.conftest import Golden

DIGEST = Digest(1, 7, 1, "CS <Nordic>", Content.BOTH, "Europe/Oslo", made_by=1, channel_id="C1")


@pytest.mark.parametrize("why", [one for one in Pause if one not in {Pause.DRAFT, Pause.PERSON}])
def test_why_it_rests_is_said_with_what_mends_it(golden: Golden, why: Pause) -> None:
    made = paused(replace(DIGEST, paused=why), speak())
    assert made is not None
    golden(f"digest_paused_{why.value}", made)


def test_a_post_that_is_missing_or_may_be_is_told(golden: Golden) -> None:
    golden("digest_failed", failed(DIGEST, speak()))
    golden("digest_unsure", unsure(DIGEST, speak()))


@pytest.mark.parametrize("now", [None, Pause.PERSON, Pause.DRAFT])
def test_what_was_mended_by_then_is_not_told(now: Pause | None) -> None:
    assert paused(replace(DIGEST, paused=now), speak()) is None
