"""Only loopback names are served: a page of another site cannot reach the playground through a visitor's browser."""

import http.client

import pytest

from bot.playground.server import Playground


def ask(playground: Playground, path: str = "/api/api.test", **headers: str) -> int:
    host, _, port = playground.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    try:
        connection.request("POST", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:3000", "127.0.0.1:1"])
def test_loopback_names_are_served(quiet_playground: Playground, host: str) -> None:
    assert ask(quiet_playground, Host=host) != 421


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com", "localhost.example.com", "0.0.0.0", ""])
def test_other_names_are_refused(quiet_playground: Playground, host: str) -> None:
    assert ask(quiet_playground, Host=host) == 421
    assert ask(quiet_playground, "/", Host=host) == 421


def test_other_origins_are_refused(quiet_playground: Playground) -> None:
    assert ask(quiet_playground, Origin="https://example.com") == 421
    assert ask(quiet_playground, Origin="null") == 421
    assert ask(quiet_playground, Origin=quiet_playground.url) != 421


def test_a_port_that_is_taken_is_an_error_at_once(quiet_playground: Playground) -> None:
    with pytest.raises(OSError, match="in use"):
        Playground(port=int(quiet_playground.url.rpartition(":")[2]))


def test_a_server_leaves_nothing_behind() -> None:
    with Playground() as playground:
        url = playground.url.removeprefix("http://")
    with pytest.raises(ConnectionError):
        http.client.HTTPConnection(url, timeout=1).request("GET", "/")
