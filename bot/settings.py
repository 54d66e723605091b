"""Everything that the environment (or `.env`) decides, checked once at the start."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

ENGAGEMENT = "sqlite:///engagement.db"
PLAYGROUND = "sqlite:///playground.db"
DRIVERS = frozenset({"sqlite", "sqlite+pysqlite", "postgres", "postgresql", "postgresql+psycopg"})


class SettingsError(Exception):
    """A variable that cannot be used. The message is one line that names it and never repeats its value."""


class Settings(BaseSettings):
    """One object for the whole process. Field names are the variables' names in lower case."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr | None = Field(default=None, description="Bot token of the Slack app (`xoxb-…`)")
    slack_app_token: SecretStr | None = Field(
        default=None, description="App-level token (`xapp-…`): Socket Mode when set"
    )
    slack_signing_secret: SecretStr | None = Field(default=None, description="Signing secret: needed for HTTP")
    slack_api_url: str = Field(default="https://slack.com/api/", description="Where Slack's Web API is")
    database_url: str | None = Field(
        default=None,
        description="An SQLite file or a PostgreSQL database; `engagement.db`, or `playground.db` without a Slack app",
    )
    catalog: Path | None = Field(default=None, description="Catalog file; the shipped one where empty")
    host: str = Field(default="127.0.0.1", description="Address to listen on; `0.0.0.0` in a container")
    port: int = Field(
        default=3000, ge=0, le=65535, description="Port of HTTP, of the health routes and of the playground"
    )
    workers: int = Field(
        default=1, ge=1, le=64, description="Processes that answer HTTP; more than one needs PostgreSQL"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="How much is logged")
    command_prefix: str = Field(
        default="",
        pattern=r"^[a-z0-9_-]{0,20}$",
        description="Put before every slash command, if another app has its name",
    )
    super_admins: str = Field(
        default="",
        description="E-mail addresses, with commas, of the first super admins: read while there is none",
    )
    import_dir: Path | None = Field(
        default=None, description="Folder that is looked at every five minutes: CSV files in it are imported"
    )
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$", description="Currency where the data names none")

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: str) -> str:
        return value.upper()

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _kind_of_token(cls, value: SecretStr | None, info: object) -> SecretStr | None:
        begin = "xoxb-" if getattr(info, "field_name", "") == "slack_bot_token" else "xapp-"
        if value is not None and not value.get_secret_value().startswith(begin):
            raise ValueError(f"should begin with {begin}")
        return value

    @field_validator("super_admins")
    @classmethod
    def _addresses(cls, value: str) -> str:
        if any("@" not in one for one in value.split(",") if one.strip()):
            raise ValueError("should be e-mail addresses with commas between them")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("should begin with https://")
        return value.rstrip("/") + "/"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            url = make_url(value)
        except ArgumentError:
            url = URL.create("unknown")
        is_file = url.database not in {None, "", ":memory:"}  # in memory, each connection has a database of its own
        if url.drivername not in DRIVERS or (url.get_backend_name() == "sqlite" and not is_file):
            raise ValueError("should be like sqlite:///engagement.db or postgresql://user:password@host/database")
        return value

    @model_validator(mode="after")
    def _one_process_on_sqlite(self) -> Self:
        if self.workers > 1 and self.database.startswith("sqlite"):
            raise ValueError("WORKERS should be 1 on SQLite; more than one process needs PostgreSQL")
        return self

    @property
    def database(self) -> str:
        """URL of the database. What is tried in the playground stays out of the one that Slack sees."""
        return self.database_url or (ENGAGEMENT if self.speaks_to_slack else PLAYGROUND)

    @property
    def first_admins(self) -> frozenset[str]:
        """The addresses of `super_admins`, as people are kept by them."""
        return frozenset(filter(None, (one.strip().lower() for one in self.super_admins.split(","))))

    @property
    def speaks_to_slack(self) -> bool:
        """Whether anything of a Slack app is set: then the bot is meant for Slack, not for the playground."""
        return any((self.slack_bot_token, self.slack_app_token, self.slack_signing_secret))


def load() -> Settings:
    """Settings of this process's environment and of `.env` in the working directory.

    Raises:
        SettingsError: for the first variable that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        reason = first["msg"].removeprefix("Value error, ")
        name = str(first["loc"][0]).upper() + ": " if first["loc"] else ""
        raise SettingsError(f"{name}{reason[:1].lower() + reason[1:] if name else reason}") from None
