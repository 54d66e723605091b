"""`engagement-bot`, also `python -m bot`: the command line. What a command needs is imported when it runs."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot import logs, settings
from bot.cli.frame import failures, first_installation, installation_of, is_begun, opened
from bot.settings import Settings


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        with failures():
            return super().invoke(ctx)


app = typer.Typer(cls=_Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Installation = Annotated[
    int | None, typer.Option("--installation", metavar="NUMBER", help="Which one, where the database holds several.")
]


@app.callback()
def main_help() -> None:
    """Customer success without leaving Slack."""


@app.command()
def start() -> None:
    """What `make run` does: run against Slack where its tokens are set, else open the playground."""
    chosen = settings.load()
    if chosen.speaks_to_slack:
        _run(chosen, migrates=True)
    else:
        _play(chosen, chosen.port, browse=True)


@app.command()
def run() -> None:
    """Run against Slack: over Socket Mode when SLACK_APP_TOKEN is set, else over HTTP."""
    _run(settings.load(), migrates=False)


@app.command()
def playground(
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; else PORT, else 3000.")] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
) -> None:
    """Try everything in the browser: a local Slack with sample clients. No account and no key is needed."""
    chosen = settings.load()
    _play(chosen, chosen.port if port is None else port, browse=not no_open)


def _run(chosen: Settings, *, migrates: bool) -> None:
    from bot.cli import running

    logs.configure(chosen.log_level)
    running.against_slack(chosen, migrates=migrates)


def _play(chosen: Settings, port: int, *, browse: bool) -> None:
    from bot.cli import running

    logs.configure(chosen.log_level if "log_level" in chosen.model_fields_set else "WARNING")
    running.in_playground(chosen, port, browse=browse)


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(exists=True, metavar="PATH…", help="CSV files, or folders of them.")],
    mapping: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="TOML file that says which file and column is what."),
    ] = None,
    catalog: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Catalog to score with.")] = None,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="DATE", help="Day the data goes to.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and report, and change nothing.")] = False,
    installation: Installation = None,
) -> None:
    """Load clients, subscriptions and usage from CSV files; importing twice changes nothing."""
    from bot.cli import data

    chosen = settings.load()
    if catalog is not None:
        chosen = chosen.model_copy(update={"catalog": catalog})
    with ExitStack() as stack:
        url = chosen.database
        if dry_run and not is_begun(url):
            url = f"sqlite:///{stack.enter_context(TemporaryDirectory())}/nothing.db"
        database = stack.enter_context(opened(url, creates=True))
        first_installation(database, chosen.currency)
        number = installation_of(database, installation)
        day = as_of.date() if as_of else None
        for line in data.load(database, number, chosen, paths, mapping, day, dry_run=dry_run):
            typer.echo(line)


@app.command()
def score(installation: Installation = None) -> None:
    """Make all scores again."""
    from bot.cli import data

    chosen = settings.load()
    with opened(chosen.database) as database:
        count = data.score(database, installation_of(database, installation), chosen)
    typer.echo(f"{count} clients scored.")


@app.command()
def export(
    text: Annotated[
        str, typer.Argument(metavar="[FILTER | audit]", help='Which clients: "tier:low renews:60". Or: audit.')
    ] = "",
    out: Annotated[
        Path, typer.Option(allow_dash=True, dir_okay=False, metavar="FILE", help="Where to; - is standard output.")
    ] = Path("-"),
    installation: Installation = None,
) -> None:
    """Write the clients of a filter as CSV: all of them, however many. Or the audit: who changed which setting."""
    from bot.cli import export as exports

    chosen = settings.load()
    with opened(chosen.database) as database:
        number = installation_of(database, installation)
        if text.strip().casefold() == "audit":
            exports.export_audit(database, number, out)
        else:
            exports.export(database, number, chosen, text, out)


@app.command()
def manifest(
    url: Annotated[str | None, typer.Option(help="The bot's public address: a manifest for HTTP.")] = None,
) -> None:
    """Print the Slack app's manifest, with COMMAND_PREFIX before each command."""
    from bot import manifest as manifests

    text = manifests.FILE.read_text(encoding="utf-8")
    typer.echo(manifests.render(text, settings.load().command_prefix, url), nl=False)


digest = typer.Typer(no_args_is_help=True, help="Digests, from where the bot runs.")
app.add_typer(digest, name="digest")

DigestName = Annotated[str, typer.Argument(metavar="NAME", help="Of the digest, as /digest lists it.")]
OfWorkspace = Annotated[
    str | None,
    typer.Option("--workspace", metavar="NAME", help="Whose, where several CS workspaces have one."),
]


@digest.callback()
def digest_help() -> None:
    """Digests, from where the bot runs."""


@digest.command()
def preview(name: DigestName, workspace: OfWorkspace = None, installation: Installation = None) -> None:
    """Print what a digest would say now. Nothing is sent, and it counts as no run."""
    from bot.cli import digest as digests

    chosen = settings.load()
    with opened(chosen.database) as database:
        typer.echo(digests.preview(database, installation_of(database, installation), chosen, name, workspace))


@digest.command()
def send(name: DigestName, workspace: OfWorkspace = None, installation: Installation = None) -> None:
    """Have a digest posted now, by the bot that runs."""
    from bot.cli import digest as digests

    chosen = settings.load()
    with opened(chosen.database) as database:
        typer.echo(digests.send(database, installation_of(database, installation), chosen, name, workspace))


admin = typer.Typer(no_args_is_help=True, help="Rights, from where the bot runs.")
app.add_typer(admin, name="admin")


@admin.callback()
def admin_help() -> None:
    """Rights, from where the bot runs."""


@admin.command()
def grant(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Whose address it is in Slack.")],
    installation: Installation = None,
) -> None:
    """Make somebody a super admin: the way back in where nobody is one. A seat is not given."""
    from bot.cli import admin as admins

    chosen = settings.load()
    with opened(chosen.database) as database:
        typer.echo(admins.grant(database, installation_of(database, installation), email))


Channel = Annotated[str, typer.Argument(metavar="CHANNEL", help="Its name, with or without #.")]


@admin.command()
def allow(channel: Channel, installation: Installation = None) -> None:
    """Let client data be posted to a channel, though guests or another company read it."""
    from bot.cli import admin as admins

    with opened(settings.load().database) as database:
        typer.echo(admins.allow(database, installation_of(database, installation), channel))


@admin.command()
def forbid(channel: Channel, installation: Installation = None) -> None:
    """Take that back."""
    from bot.cli import admin as admins

    with opened(settings.load().database) as database:
        typer.echo(admins.forbid(database, installation_of(database, installation), channel))


@app.command()
def migrate() -> None:
    """Create the database's tables, or bring them to this version."""
    from storage import migrate as migrations

    with opened(settings.load().database, migrates=True):
        typer.echo(f"The tables are those of version {migrations.head()}.")


@app.command()
def doctor() -> None:
    """Say what is set, what is missing, and what each missing thing costs."""
    from bot import doctor as doctors

    broken = False
    for finding in doctors.examine(settings.load(), datetime.now(UTC).date()):
        typer.echo(finding)
        broken = broken or finding.level is doctors.Level.BROKEN
    if broken:
        raise typer.Exit(1)


def main() -> None:
    """Entry point of the script."""
    app(prog_name="engagement-bot" if sys.argv[0].endswith("engagement-bot") else "python -m bot")


if __name__ == "__main__":
    main()
