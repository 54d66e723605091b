"""A bot whose listener takes its time, as a process of its own: `python -m tests.slow_bot MODE FD DATABASE NOTES`.

The other parts come from the environment, as they do for the real one. NOTES is a file that the listener writes to.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot import logs, serve
from bot.identity import Identity, authorizer
from storage.database import Database

IDENTITY = Identity("T0PLAYGROUND", "Playground", "", None, "U0ENGAGEMENT", "B0ENGAGEMENT", frozenset())
MOMENT = 0.4  # seconds that the listener takes before its acknowledgement, and again after it


def build(database: str, notes: Path) -> serve.Bot:
    from bot.schedule import Job, Schedule

    token = os.environ["SLACK_BOT_TOKEN"]
    app = App(
        client=WebClient(token, base_url=os.environ["SLACK_API_URL"]),
        authorize=authorizer(IDENTITY, token),
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        listener_executor=ThreadPoolExecutor(4),
    )

    def note(text: str) -> None:
        with notes.open("a") as file:
            file.write(f"{text}\n")

    @app.command("/engagement")
    def slow(ack: Ack, command: dict[str, str]) -> None:
        note("began")
        time.sleep(1.5 if command["text"] == "slow" else MOMENT)
        ack(f"heard {command['text']}")
        time.sleep(60 if command["text"] == "stuck" else MOMENT)
        note("finished")

    job = Job("note", timedelta(hours=1), lambda: note("job"))
    return serve.Bot(app, Database(database), Schedule([job]))


def main(mode: str, fd: str, database: str, notes: str) -> None:
    logs.configure("INFO")
    serve.GRACE = int(os.environ.get("GRACE", serve.GRACE))
    listener = socket.socket(fileno=int(fd))
    if mode == "http":
        workers = int(os.environ.get("WORKERS", "1"))
        serve.http(lambda: build(database, Path(notes)), os.environ["SLACK_SIGNING_SECRET"], listener, workers)
    else:
        serve.socket_mode(lambda: build(database, Path(notes)), os.environ["SLACK_APP_TOKEN"], listener)


if __name__ == "__main__":
    main(*sys.argv[1:])
