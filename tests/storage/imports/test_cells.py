"""A column that is looked through at once is read as cell by cell."""

from __future__ import annotations

import pytest

from storage.imports.cells import Cells, Hosts

ODD = (
    *("www.acme.example", "WWW.acme.example", "Acme.Example", "https://acme.example/x", "anna@acme.example"),
    *(" acme.example ", "acme.example.", "acme", "-", "æ.example", "a.example\nb.example", "..", "www.de", " ", "a.b"),
    *("acme_as.example", "x" * 300 + ".example", "acme.example:8080", "acme.example\n"),
)


@pytest.mark.parametrize("odd", ["", *ODD])
def test_domains(odd: str) -> None:
    column = ["acme.example", odd, "", "xn--80ak.example"]
    assert Hosts().all(column) == [Cells.all(Hosts(), [cell])[0] for cell in column]


def test_plain_domains_are_not_read_one_by_one() -> None:
    column = ["acme.example", "", "c1.example.com"]
    read = Hosts()
    assert read.all(column) == ["acme.example", None, "c1.example.com"]
    assert read == {}
