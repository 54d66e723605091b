"""Whether what an import calls clients are clients: those of an installation are the records of one object."""

from __future__ import annotations

from sqlalchemy import Connection, exists, select

from bot.domain.workspace_settings import BESIDE
from storage import objects
from storage.imports.work import Work
from storage.schema import installation, record


def land(work: Work) -> None:
    """Let its clients be the installation's where there are none yet; else say that others are, in the report."""
    if work.mapping.record not in work.objects - BESIDE:
        return
    with work.stage.reading() if work.dry_run else work.stage.writing() as connection:
        chosen = connection.scalar(
            select(installation.c.client_object).where(installation.c.id == work.installation_id)
        )
        if chosen == work.mapping.record:
            return
        if _has(work, connection, str(chosen)):
            work.report.clients_are = chosen
        elif not work.dry_run:
            objects.adopt(connection, work.installation_id, work.mapping.record, work.now)


def _has(work: Work, connection: Connection, object_: str) -> bool:
    """Whether there are such records, the sample's aside where they are about to go."""
    mine = (record.c.installation_id == work.installation_id, record.c.object == object_)
    stays = (record.c.archived_at.is_(None), record.c.source_id.not_in(work.samples))
    return bool(connection.scalar(select(exists().where(*mine, *stays))))
