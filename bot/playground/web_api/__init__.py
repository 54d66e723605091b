"""The modelled Web API methods: importing this package registers them all."""

from bot.playground.web_api import apps, chat, conversations, files, users, views
from bot.playground.web_api.method import METHODS

__all__ = ["METHODS", "apps", "chat", "conversations", "files", "users", "views"]
