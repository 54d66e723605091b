"""Time zones whose rules are odd, and two years in which many of them changed."""

from __future__ import annotations

from datetime import date, timedelta

FIRST, LAST = date(2022, 9, 1), date(2024, 8, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
ODD = (
    "Europe/Oslo",  # an hour left out and an hour twice
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of it
    "America/St_Johns",  # half an hour beside the others
    "Asia/Kathmandu",  # three quarters
    "Pacific/Auckland",  # in the south
    "America/Santiago",  # at midnight
    "Africa/Casablanca",  # put back for Ramadan
    "Africa/Cairo",  # summer time once more, from 2023 on
    "America/Mexico_City",  # no more, from 2022 on
    "Asia/Amman",  # summer time for ever, from 2022 on
    "America/Nuuk",  # another offset, from 2023 on; the last hour of a day in March is left out
    "Asia/Almaty",  # and from 2024 on, by which an hour of a Friday came twice
    "UTC",
)
