"""Everything that the environment (or `.env`) decides, checked once at the start."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One object for the whole process. Field names are the variables' names in lower case."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr | None = Field(None, description="Bot token of the Slack app (xoxb-…)")
    slack_app_token: SecretStr | None = Field(None, description="App-level token (xapp-…): Socket Mode when set")
    slack_signing_secret: SecretStr | None = Field(None, description="Signing secret: needed for HTTP")
    slack_api_url: str = Field("https://slack.com/api/", description="Where Slack's Web API is")
    database_url: str = Field("sqlite:///engagement.db", description="SQLite file or PostgreSQL")
    catalog: Path | None = Field(None, description="Catalog file; the shipped one where empty")
    port: int = Field(3000, description="Port of the HTTP mode and of the playground")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    command_prefix: str = Field("", description="Put before every slash command, if another app has taken its name")
    currency: str = Field("EUR", description="Currency where the data names none")
