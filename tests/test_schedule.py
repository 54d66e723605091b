"""Jobs: they run at the start and again, never twice at a time; one that fails is logged and runs again."""

from __future__ import annotations

import threading
from datetime import timedelta

from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bot.schedule import Job, Schedule


def turns(job: str, outcome: str) -> float:
    return REGISTRY.get_sample_value("engagement_bot_jobs_total", {"job": job, "outcome": outcome}) or 0


def test_a_job_runs_at_the_start_and_again_after_its_interval() -> None:
    ran = threading.Semaphore(0)
    schedule = Schedule([Job("quick", timedelta(seconds=0.1), ran.release)])
    schedule.start()
    assert all(ran.acquire(timeout=5) for _ in range(3))
    schedule.stop()
    assert turns("quick", "ok") >= 3


def test_a_job_that_fails_is_logged_with_a_reference_and_runs_again() -> None:
    ran = threading.Semaphore(0)

    def fail() -> None:
        ran.release()
        raise ValueError("no")

    with capture_logs() as written:
        schedule = Schedule([Job("failing", timedelta(seconds=0.1), fail)])
        schedule.start()
        assert all(ran.acquire(timeout=5) for _ in range(2))
        schedule.stop()
    failures = [line for line in written if line["event"] == "job failed"]
    assert len(failures) >= 2
    assert len({line["reference"] for line in failures}) == len(failures)
    assert turns("failing", "failed") >= 2


def test_a_job_never_runs_twice_at_a_time() -> None:
    running, most, done = 0, 0, threading.Semaphore(0)

    def slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        threading.Event().wait(0.15)
        running -= 1
        done.release()

    schedule = Schedule([Job("slow", timedelta(seconds=0.05), slow)])
    schedule.start()
    assert all(done.acquire(timeout=5) for _ in range(3))
    schedule.stop()
    assert most == 1


def test_stopping_waits_for_the_turn_that_runs() -> None:
    begun, ended = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        threading.Event().wait(0.3)
        ended.set()

    schedule = Schedule([Job("last", timedelta(hours=1), slow)])
    schedule.start()
    assert begun.wait(5)
    schedule.stop()
    assert ended.is_set()
