"""The most memory that an import has, from ten thousand rows to ten million: it must not grow with the file.

What grows at first has an end: SQLite's page cache of each connection, and the cells and ids of clients that the
checks remember.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.imports import ROWS_A_CLIENT, elsewhere, prepare, write

LARGE = 10_000_000  # usage rows: takes a quarter of an hour


def run(sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000)) -> list[tuple[str, str]]:
    """For each number of usage rows: their import, and that of their clients."""
    found = []
    for size in sizes:
        with TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, size)
            prepare(f"sqlite:///{folder / 'ours.db'}").close()
            for what, rows in (("clients", size // ROWS_A_CLIENT), ("usage", size)):
                told = elsewhere(folder, folder / what)
                found.append((f"{rows:,} rows of {what}", f"{told['megabytes']:.0f} MB"))
    return found
