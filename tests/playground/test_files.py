"""Files in three steps: who may upload what to where, who then sees it, and that slack_sdk's own helper works."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from queue import Queue
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import faults, people
from bot.playground.manifest import Manifest
from bot.playground.model import Json, Message
from bot.playground.refusals import ImpossibleError, NotModelledError, RefusalError
from bot.playground.server import Playground
from tests.playground.conftest import MANIFEST, World, client_of

ANNAS = "D" + people.ANNA[1:]


def manifest(*, writes: bool = True) -> Manifest:
    """The project's manifest, with and without the right to upload."""
    read = Manifest.read(MANIFEST)
    return replace(read, scopes=(read.scopes | {"files:write"}) if writes else read.scopes - {"files:write"})


@pytest.fixture(scope="module")
def running() -> Iterator[Playground]:
    with Playground(manifest=manifest()) as playground:
        yield playground


@pytest.fixture
def playground(running: Playground) -> Playground:
    """A server shared by all tests, with nothing written in it."""
    for messages in running.slack.messages.values():
        messages.clear()
    return running


@pytest.fixture
def client(playground: Playground) -> WebClient:
    return client_of(playground)


def reserve(client: WebClient, content: bytes, name: str = "clients.csv") -> tuple[str, str]:
    answer = client.files_getUploadURLExternal(filename=name, length=len(content))
    return str(answer["file_id"]), str(answer["upload_url"])


def uploaded(client: WebClient, content: bytes = b"a,b\n") -> str:
    file_id, url = reserve(client, content)
    assert httpx.post(url, content=content).text == f"OK - {len(content)}"
    return file_id


def last(playground: Playground, channel: str = ANNAS) -> Message:
    """The newest message of the channel, as soon as there is one."""
    deadline = time.monotonic() + 5
    while not playground.slack.messages[channel]:
        assert time.monotonic() < deadline, "nothing was shared"
        playground.slack.wait_for_change(playground.slack.version, 0.1)
    return playground.slack.messages[channel][-1]


def refused(call: Any, **given: Any) -> Json:
    with pytest.raises(SlackApiError) as caught:
        call(**given)
    return dict(caught.value.response.data)


def test_slack_sdks_own_helper_uploads_and_shares(playground: Playground, client: WebClient) -> None:
    content = "Klient,Score\nÅse & Søn,4\n".encode()
    answer = client.files_upload_v2(
        channel=ANNAS, content=content, filename="clients.csv", title="Clients", initial_comment="Your *export*"
    )
    assert answer["file"]["title"] == "Clients"
    message = last(playground)
    assert (message.text, message.author) == ("Your *export*", people.APP.user_id)
    assert [(file.name, file.title, file.content) for file in message.files] == [("clients.csv", "Clients", content)]


def test_the_answer_comes_before_the_file_is_shared(playground: Playground, client: WebClient) -> None:
    answer = client.files_completeUploadExternal(files=[{"id": uploaded(client)}], channel_id=ANNAS)
    (file,) = answer["files"]
    assert (file["title"], file["size"], file["mimetype"], file["ims"]) == ("clients.csv", 4, "", [])
    last(playground)
    (shared,) = client.conversations_history(channel=ANNAS)["messages"]
    assert shared["files"][0]["mimetype"] == "text/csv"
    assert shared["files"][0]["ims"] == [ANNAS]


def test_several_files_and_several_channels(playground: Playground, client: WebClient) -> None:
    uploads = [{"content": "a", "filename": "a.txt"}, {"content": "bb", "filename": "b"}]
    client.files_upload_v2(file_uploads=uploads, channels=[people.GENERAL, people.CS_NORDIC])
    for channel in (people.GENERAL, people.CS_NORDIC):
        assert [file.name for file in last(playground, channel).files] == ["a.txt", "b"]


def test_without_a_channel_nobody_sees_it(playground: Playground, client: WebClient) -> None:
    client.files_completeUploadExternal(files=[{"id": uploaded(client)}])
    client.files_completeUploadExternal(files=[{"id": uploaded(client)}], channel_id=ANNAS)
    last(playground)
    assert sum(map(len, playground.slack.messages.values())) == 1


def test_uploading_needs_its_scope() -> None:
    with Playground(manifest=manifest(writes=False)) as playground:
        client = client_of(playground)
        calls: list[tuple[Any, Json]] = [
            (client.files_getUploadURLExternal, {"filename": "a", "length": 1}),
            (client.files_completeUploadExternal, {"files": [{"id": "F1"}]}),
        ]
        for call, given in calls:
            answer = refused(call, **given)
            assert (answer["error"], answer["needed"]) == ("missing_scope", "files:write")


@pytest.mark.parametrize("content", [b"abc", b"abcde", b""])
def test_the_bytes_must_be_as_many_as_announced(client: WebClient, content: bytes) -> None:
    file_id, url = reserve(client, b"abcd")
    assert httpx.post(url, content=content).status_code == 400
    answer = refused(client.files_completeUploadExternal, files=[{"id": file_id}], channel_id=ANNAS)
    assert answer["error"] == "file_not_found"


def test_an_address_takes_the_bytes_once(client: WebClient) -> None:
    file_id, url = reserve(client, b"abcd")
    assert httpx.post(url, content=b"abcd").status_code == 200
    assert httpx.post(url, content=b"dcba").status_code == 400
    assert client.files_completeUploadExternal(files=[{"id": file_id}])["ok"]


def test_a_made_up_address_takes_nothing(playground: Playground) -> None:
    assert httpx.post(f"{playground.url}/upload/v1/made-up", content=b"x").status_code == 404


def test_an_upload_is_completed_once(client: WebClient) -> None:
    file_id = uploaded(client)
    client.files_completeUploadExternal(files=[{"id": file_id}])
    assert refused(client.files_completeUploadExternal, files=[{"id": file_id}])["error"] == "file_not_found"


def test_several_files_are_completed_together_or_not_at_all(client: WebClient) -> None:
    good = uploaded(client)
    files = [{"id": good}, {"id": "F0UNKNOWN"}]
    assert refused(client.files_completeUploadExternal, files=files)["error"] == "file_not_found"
    assert client.files_completeUploadExternal(files=[{"id": good}])["ok"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"filename": "a", "length": 0}, "missing_argument"),
        ({"filename": "a", "length": -1}, "invalid_arguments"),
        ({"filename": "a", "length": "many"}, "invalid_arguments"),
        ({"filename": "", "length": 1}, "invalid_arguments"),
        ({"filename": "a", "length": 1, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
    ],
)
def test_what_cannot_be_announced(client: WebClient, given: Json, code: str) -> None:
    assert refused(client.files_getUploadURLExternal, **given)["error"] == code


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        (people.ANNA, "invalid_arguments"),
        ("#general", "invalid_arguments"),
        ("C0NOWHERE", "channel_not_found"),
        (people.CS_LEADS, "channel_not_found"),
        (people.CS_CENTRAL, "not_in_channel"),
    ],
)
def test_a_file_goes_only_to_a_channels_id_where_the_bot_is(client: WebClient, channel: str, code: str) -> None:
    file_id = uploaded(client)
    answer = refused(client.files_completeUploadExternal, files=[{"id": file_id}], channel_id=channel)
    assert answer["error"] == code
    if code == "invalid_arguments":
        said = answer["response_metadata"]["messages"]
        assert said == ["[ERROR] input must match regex pattern: ^[CGDZ][A-Z0-9]{8,}$ [json-pointer:/channel_id]"]
    # A refused call has not used the upload up.
    assert client.files_completeUploadExternal(files=[{"id": file_id}])["ok"]


def test_the_right_to_write_in_public_channels_is_not_enough_for_files(world: World) -> None:
    world.scopes |= {"chat:write.public"}
    assert world.call("chat.postMessage", channel=people.CS_CENTRAL, text="x")["ts"]
    with pytest.raises(RefusalError, match="not_in_channel"):
        world.call("files.completeUploadExternal", files=[{"id": "F1"}], channel_id=people.CS_CENTRAL)


@pytest.mark.parametrize("files", [None, [], "x", [1], [{"title": "no id"}], [{"id": 7}]])
def test_what_is_completed_is_a_list_of_ids_and_titles(world: World, files: Any) -> None:
    with pytest.raises(RefusalError, match="invalid_arguments"):
        world.call("files.completeUploadExternal", files=json.dumps(files))


def test_a_hundred_channels_at_most(world: World) -> None:
    channels = ",".join(f"C{n:08}" for n in range(101))
    with pytest.raises(RefusalError, match="channels_limit_exceeded"):
        world.call("files.completeUploadExternal", files=[{"id": "F1"}], channels=channels)


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("files.completeUploadExternal", {"thread_ts": "1.2"}),
        ("files.completeUploadExternal", {"blocks": "[]"}),
        ("files.completeUploadExternal", {"channels": people.ANNA}),
        ("files.completeUploadExternal", {"channels": people.GENERAL, "channel_id": ANNAS}),
        ("files.completeUploadExternal", {"files": [{"id": "F1", "highlight_type": "png"}]}),
        ("files.getUploadURLExternal", {"filename": "a", "length": "1", "snippet_type": "csv"}),
        ("files.getUploadURLExternal", {"filename": "a", "length": str(2**30)}),
    ],
)
def test_what_is_not_modelled_is_never_a_silent_success(world: World, method: str, given: Json) -> None:
    files = {"files": [{"id": "F1"}]} if "complete" in method else {}
    with pytest.raises(NotModelledError):
        world.call(method, **(files | given))


def test_neither_forms_nor_tokens_are_modelled(playground: Playground, client: WebClient) -> None:
    _, url = reserve(client, b"abcd")
    assert httpx.post(url, files={"file": b"abcd"}).status_code == 501
    file_id = uploaded(client)
    client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=ANNAS)
    last(playground)
    headers = {"authorization": f"Bearer {playground.bot_token}"}
    assert httpx.get(f"{playground.url}/files/{file_id}/clients.csv", headers=headers).status_code == 501


def test_only_people_of_the_conversation_get_the_file(playground: Playground, client: WebClient) -> None:
    content = "ü,<script>".encode()
    client.files_upload_v2(channel=ANNAS, content=content, filename='a "b"/ü.csv')
    (file,) = last(playground).files
    answers = {}
    for person in (people.ANNA, people.BO):
        cookies = {"playground_person": person}
        with httpx.Client(base_url=playground.url, cookies=cookies) as browser:
            page = browser.get(f"/c/D{person[1:]}").text
            answers[person] = browser.get(f"/files/{file.id}/whatever")
            assert (f'href="/files/{file.id}/' in page) is (person == people.ANNA)
    assert answers[people.ANNA].content == content
    assert (
        answers[people.ANNA].headers["content-disposition"] == "attachment; filename*=UTF-8''a%20%22b%22%2F%C3%BC.csv"
    )
    assert answers[people.ANNA].headers["content-type"] == "application/octet-stream"
    assert answers[people.BO].status_code == 422
    assert content not in answers[people.BO].content


def test_a_file_goes_with_its_message(playground: Playground, client: WebClient) -> None:
    client.files_upload_v2(channel=ANNAS, content="a", filename="a")
    message = last(playground)
    playground.actions.file(people.ANNA, message.files[0].id)
    client.chat_delete(channel=ANNAS, ts=message.ts)
    with pytest.raises(ImpossibleError):
        playground.actions.file(people.ANNA, message.files[0].id)


def test_the_bot_hears_of_its_file_as_slack_tells_it(playground: Playground, client: WebClient) -> None:
    heard: Queue[Json] = Queue()
    playground.slack.on_event, before = heard.put, playground.slack.on_event
    client.files_upload_v2(channel=ANNAS, content="a", filename="a.csv", initial_comment="Here")
    event = heard.get(timeout=5)
    playground.slack.on_event = before
    assert (event["subtype"], event["text"], event["user"]) == ("file_share", "Here", people.APP.user_id)
    assert event["files"][0]["name"] == "a.csv"
    assert "subtype" not in client.conversations_history(channel=ANNAS)["messages"][0]


def test_an_upload_may_die_on_the_way(playground: Playground, client: WebClient) -> None:
    file_id, url = reserve(client, b"abcd")
    playground.faults.add("upload", faults.unavailable(), faults.killed_after())
    with pytest.raises(HTTPError):
        urlopen(url, data=b"abcd").read()
    with pytest.raises(httpx.HTTPError):
        httpx.post(url, content=b"abcd")
    assert client.files_completeUploadExternal(files=[{"id": file_id}])["ok"]  # the second one had done its work
    assert [call.status for call in playground.calls if call.method == "upload"][-2:] == [503, 200]


# --- Files that people put into a modal


BLOCKS: list[Json] = [
    {
        "type": "input",
        "block_id": "b",
        "label": {"type": "plain_text", "text": "Files"},
        "element": {"type": "file_input", "action_id": "a", "filetypes": ["csv"], "max_files": 2},
    }
]
FORM: Json = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Files"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": BLOCKS,
}


def opened(playground: Playground, client: WebClient) -> str:
    trigger = playground.slack.new_trigger(people.ANNA)
    return str(client.views_open(trigger_id=trigger.id, view=FORM)["view"]["id"])


def fetched(url: str, token: str) -> tuple[int, bytes]:
    answer = httpx.get(url, headers={"Authorization": f"Bearer {token}"}, follow_redirects=False)
    return answer.status_code, answer.content


def test_a_file_in_a_modal_is_the_persons_and_the_bot_may_fetch_it(playground: Playground, client: WebClient) -> None:
    view_id = opened(playground, client)
    playground.actions.attach(people.ANNA, view_id, "b", "a", ("clients.csv", b"id,name\n"))
    (view,) = playground.slack.stack(people.ANNA)
    (held,) = view.inputs["b"]["a"]["files"]
    file = client.files_info(file=held["id"])["file"]
    assert (file["name"], file["size"], file["user"]) == ("clients.csv", 8, people.ANNA)
    assert file == held
    assert fetched(file["url_private_download"], playground.bot_token) == (200, b"id,name\n")


@pytest.mark.parametrize("token", ["none", "xoxb-other"])
def test_who_has_no_good_token_is_sent_to_the_login(playground: Playground, client: WebClient, token: str) -> None:
    view_id = opened(playground, client)
    playground.actions.attach(people.ANNA, view_id, "b", "a", ("clients.csv", b"id,name\n"))
    held = playground.slack.stack(people.ANNA)[0].inputs["b"]["a"]["files"][0]
    assert fetched(held["url_private_download"], token)[0] == 302


@pytest.mark.parametrize(
    "files", [[("a.xlsx", b"x")], [("a.csv", b"x")] * 3, [("a.csv", b"x" * (10 * 1024 * 1024 + 1))]]
)
def test_slacks_client_takes_no_other_files_than_the_input_says(
    playground: Playground, client: WebClient, files: list[tuple[str, bytes]]
) -> None:
    view_id = opened(playground, client)
    with pytest.raises(ImpossibleError):
        playground.actions.attach(people.ANNA, view_id, "b", "a", *files)


def test_a_file_that_is_taken_out_again_is_not_sent(playground: Playground, client: WebClient) -> None:
    view_id = opened(playground, client)
    playground.actions.attach(people.ANNA, view_id, "b", "a", ("a.csv", b"x"), ("b.csv", b"x"))
    view = playground.slack.stack(people.ANNA)[0]
    playground.actions.detach(people.ANNA, view_id, "b", "a", view.inputs["b"]["a"]["files"][0]["id"])
    assert [one["name"] for one in view.inputs["b"]["a"]["files"]] == ["b.csv"]


def test_a_required_file_input_without_files_is_not_sent(playground: Playground, client: WebClient) -> None:
    view_id = opened(playground, client)
    assert playground.actions.submit(people.ANNA, view_id, {}) == {"b": "Please complete this required field."}


def test_without_files_read_there_is_no_input_no_file_and_no_download() -> None:
    read = manifest()
    with Playground(manifest=replace(read, scopes=read.scopes - {"files:read"})) as playground:
        client = client_of(playground)
        with pytest.raises(SlackApiError, match="missing_scope"):
            opened(playground, client)
        file_id = uploaded(client)
        with pytest.raises(SlackApiError, match="missing_scope"):
            client.files_info(file=file_id)
        address = f"{playground.slack.address}/files-pri/{file_id}/download/clients.csv"
        assert fetched(address, playground.bot_token)[0] == 302


def test_a_file_input_stands_in_modals_only(client: WebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        client.chat_postMessage(channel=people.GENERAL, text="x", blocks=BLOCKS)


def test_an_unknown_file_is_not_found(client: WebClient) -> None:
    with pytest.raises(SlackApiError, match="file_not_found"):
        client.files_info(file="F0NOTHING")
