"""What an import found and did, in words for the command line."""

from __future__ import annotations

from collections.abc import Iterator

from storage.imports.report import Facts, FileProblem, FileReport, Reach, ReachReason, Refused, Report

_SHOWN = 10  # names in a list
_OBJECTS = {
    "subscriptions": "subscriptions", "usage": "usage", "service": "services", "deal": "deals", "teams": "teams",
    "members": "team members",
}  # fmt: skip
_CLIENTS = "clients"  # whatever the mapping calls a record of one: company, contact …


def lines(report: Report) -> list[str]:
    """The whole report, a line each; what was refused comes with its place and reason, never with its value."""
    found = [f"Dry run of {report.source}: nothing is written." if report.dry_run else f"Import of {report.source}"]
    if report.sample_clients:
        verb = "would leave" if report.dry_run else "left"
        found.append(f"{_number(report.sample_clients, 'sample client')} {verb}: real data takes their place.")
    for one in report.files:
        found += file_lines(one)
    if not report.has_any:
        return found
    for name, facts in report.facts.items():
        found.append(f"{_OBJECTS.get(name, _CLIENTS)}: {_facts(facts)}")
    if report.clients_are is not None:
        found.append(
            f"Not shown as clients: clients here are records of {report.clients_are}, and the mapping's `record` is "
            "another object. /workspace objects chooses."
        )
    found.append(_reach(report.reach))
    if report.unknown_tools:
        found.append(f"Not in the catalog: {_list(report.unknown_tools)}")
    found.append(_measured(report))
    return found


def file_lines(one: FileReport) -> Iterator[str]:
    """What was read of one file, and why not all."""
    if one.left_out is not None:
        yield f"{one.name}: {_left_out(one.left_out)}"
        return
    parts = [f"{_number(one.read, 'row')} read", f"{one.refused:,} refused"]
    if one.repeated:
        parts.append(f"{one.repeated:,} identical to an earlier one")
    yield f"{one.name} ({one.object}): {', '.join(parts)}"
    if one.colliding:
        yield f"  {_number(one.colliding, 'id')} on several different rows; all of them count"
    for (name, type_), number in sorted(one.misfits.items()):
        yield f"  {name}: {_number(number, 'cell')} not a {type_}, left empty"
    for refusal in one.refusals:
        column = f"{refusal.column}, " if refusal.column else ""
        kind = f" ({refusal.kind})" if refusal.column else ""
        yield f"  line {refusal.line}: {column}{refusal.reason}{kind}"
    if one.refused > len(one.refusals):
        yield f"  and {one.refused - len(one.refusals):,} more"
    if one.rejects is not None:
        yield f"  To mend and import again: {one.rejects}"


def _left_out(refused: Refused) -> str:
    match refused.problem:
        case FileProblem.NOT_UTF8:
            return f"not read: it is not UTF-8 (byte {refused.at}). Save it as “CSV UTF-8”."
        case FileProblem.NOT_TEXT:
            return "not read: no CSV file."
        case FileProblem.EMPTY:
            return "not read: it is empty."
        case FileProblem.COLUMN_TWICE:
            return f"not read: column {_list(refused.columns)} stands twice."
        case FileProblem.NO_OBJECT:
            return "not read: neither its name nor the mapping says what it is."
        case FileProblem.NO_ACCESS:
            return "not read: the bot may not open it."
        case FileProblem.MISSING_COLUMN:
            return f"not read: {_missing(refused)}. Its columns: {_list(refused.seen, most=40)}."


def _missing(refused: Refused) -> str:
    asked = (
        f"column {name} is missing" + (f" (is {meant} meant?)" if meant else "")
        for name, meant in zip(refused.columns, refused.meant, strict=True)
    )
    return "; ".join(asked)


def _facts(facts: Facts) -> str:
    parts = [f"{facts.added:,} added", f"{facts.changed:,} changed", f"{facts.unchanged:,} unchanged"]
    if facts.archived:
        parts.append(f"{facts.archived:,} archived (no longer named)")
    if facts.removed:
        parts.append(f"{facts.removed:,} removed (no longer said)")
    return ", ".join(parts)


def _reach(reach: Reach) -> str:
    day = "no day yet" if reach.new is None else str(reach.new)
    match reach.reason:
        case ReachReason.AS_OF:
            return f"Data goes to {day}, as told."
        case ReachReason.SNAPSHOT:
            return f"Data goes to {day}, the day of the snapshot."
        case ReachReason.USAGE:
            before = "" if reach.old is None else f" (before: {reach.old})"
            return f"Data goes to {day}{before}: the newest day of usage."
        case ReachReason.FEW_CLIENTS:
            return (
                f"Data still goes to {day}: the usage names {reach.named:,} of {reach.active:,} active clients, "
                "fewer than half. Say --as-of to move it."
            )
        case ReachReason.NO_USAGE:
            return f"Data goes to {day}: no usage was read."
        case ReachReason.NOT_NEWER:
            return f"Data still goes to {day}: nothing newer came."


def _measured(report: Report) -> str:
    rest = f"; not measured: {_list(report.not_measured, most=100)}" if report.not_measured else ""
    return f"measures {report.measured} of {report.tools} tools{rest}"


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _list(names: tuple[str, ...], most: int = _SHOWN) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
