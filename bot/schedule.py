"""Which job runs how often. The only file that knows APScheduler, which is nothing but the clock here.

Its store is memory: what is due is kept in our own tables, so any number of processes may tick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from bot import metrics
from bot.edge import attempt


@dataclass(frozen=True)
class Job:
    """What is done unasked. It runs at the start and then again and again, never twice at a time."""

    name: str
    every: timedelta
    run: Callable[[], object]


class Schedule:
    """Runs jobs in threads of its own until it is stopped."""

    def __init__(self, jobs: list[Job]) -> None:
        self._scheduler = BackgroundScheduler(timezone=UTC)
        for job in jobs:
            self._scheduler.add_job(
                _turn,
                "interval",
                [job],
                seconds=job.every.total_seconds(),
                next_run_time=datetime.now(UTC),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,  # by default a turn that is a second late is dropped
            )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Begin no more turns, and wait for those that run."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)


def _turn(job: Job) -> None:
    """One turn of a job. Whatever goes wrong, the next one comes."""
    ended = attempt("job failed", partial(_end, job), job=job.name)
    metrics.JOBS.labels(job.name, "ok" if ended else "failed").inc()


def _end(job: Job) -> bool:
    job.run()
    return True
