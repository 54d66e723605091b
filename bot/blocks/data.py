"""`/workspace data`: what is loaded and how old it is, the imports, and the form that takes files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo

from bot.blocks import forms, ids, kit
from bot.blocks.forms import FormState
from bot.blocks.kit import Message, Modal
from bot.blocks.words import Words
from bot.blocks.workspaces import back
from bot.domain.data import MOST_FILES, Import, Loaded, Source

NAMED = 5  # tools that are not measured, and files of an import; the others are counted
SOURCES = 15
GOING = 5
KINDS = {"csv": "CSV files", "sample": "sample", "hubspot": "HubSpot"}
ORIGINS = {"folder": "the folder", "command": "the command line", "upload": "an upload"}
RHYTHMS = {1: "daily", 5: "weekly", **dict.fromkeys(range(20, 24), "monthly")}  # by working days


def page(one: Loaded, today: date, zone: tzinfo, words: Words) -> Message:
    """The answer to `/workspace data`."""
    title = words("Data")
    parts = [
        [f"*{title}* {_counts(one, words)}"],
        _sources(one.sources, today, words),
        _tools(one, words),
        _imports(one, zone, words),
    ]
    buttons = kit.actions(
        kit.button(words("Upload CSV"), ids.UPLOAD_DATA, "", stands_out=not one.clients),
        kit.button(words("Look again"), f"{ids.SHOW_DATA}:again", ""),
        back(words),
    )
    told = ". ".join(line for part in parts for line in part)
    return kit.message(f"{told}.".replace("*", ""), [*(kit.section(*part) for part in parts if part), buttons])


def _counts(one: Loaded, words: Words) -> str:
    if not (one.clients or one.sources):
        return words("No clients yet. Upload them here, or: `engagement-bot import FOLDER`")
    clients = words.count("{n} client", "{n} clients", one.clients)
    return f"{clients} · {words.count('{n} subscription', '{n} subscriptions', one.subscriptions)}"


def _sources(sources: Sequence[Source], today: date, words: Words) -> list[str]:
    lines = [_source(one, today, words) for one in sources[:SOURCES]]
    more = len(sources) - len(lines)
    return [*lines, words.count("and {n} more source", "and {n} more sources", more)] if more > 0 else lines


def _source(one: Source, today: date, words: Words) -> str:
    kind = words(KINDS[one.kind]) if one.kind in KINDS else kit.escape(one.kind)
    head = f"*{kit.name(one.name, 60)}* ({kind})"
    if one.reach is None:
        return f"{head} · {words('no usage yet')}"
    to = words("to {day}", day=words.weekday(one.reach.day, today))
    every = "" if one.reach.every is None else f", {_rhythm(one.reach.every, words)}"
    late = f" · *{words('late: no change is told')}*" if one.reach.is_late(today) else ""
    return f"{head} · {to}{every}{late}"


def _rhythm(every: int, words: Words) -> str:
    if every in RHYTHMS:
        return words(RHYTHMS[every])
    return words.count("every {n} working day", "every {n} working days", every)


def _tools(one: Loaded, words: Words) -> list[str]:
    all_ = one.measured + len(one.not_measured)
    lines = [words("Tools measured: {n} of {all}", n=words.number(one.measured), all=words.number(all_))]
    if one.not_measured and one.measured:
        lines.append(words("Not measured: {names}", names=_named(one.not_measured, words)))
    return lines


def _imports(one: Loaded, zone: tzinfo, words: Words) -> list[str]:
    lines = [_going(each, zone, words) for each in one.going[:GOING]]
    if one.last is not None:
        lines.append(_last(one.last, zone, words))
    return lines


def _going(one: Import, zone: tzinfo, words: Words) -> str:
    state = words("Waiting") if one.state == "waiting" else words("Being imported")
    when = words.moment(one.at.astimezone(zone))
    return words("{state}: {files} from {origin}, since {when}", files=_named(one.files, words), state=state, when=when,
                 origin=_origin(one, words))  # fmt: skip


def _last(one: Import, zone: tzinfo, words: Words) -> str:
    if one.error is not None:
        outcome = words("nothing was imported")
    else:
        rows = words.count("{n} row read", "{n} rows read", one.read)
        outcome = words("{rows}, {refused} refused", rows=rows, refused=words.number(one.refused))
    when = words.moment(one.at.astimezone(zone))
    return words("Last import: {when}, {files} from {origin}: {outcome}", when=when, outcome=outcome,
                 files=_named(one.files, words), origin=_origin(one, words))  # fmt: skip


def _origin(one: Import, words: Words) -> str:
    return kit.name(one.who, 60) if one.who else words(ORIGINS[one.origin])


def _named(names: Sequence[str], words: Words) -> str:
    return words.some([kit.name(name, 60) for name in names[:NAMED]], len(names))


def form(state: FormState, columns: Mapping[str, Sequence[str]], words: Words, *, has_sample: bool = False) -> Modal:
    """The modal that takes files. `columns`: of each known file those that it must have."""
    known = [f"`{name}`: {', '.join(needed)} …" for name, needed in columns.items()]
    blocks = [
        kit.section(words("These files are known, each with at least these columns:"), *known),
        kit.field(
            words("CSV files"),
            kit.files(ids.UPLOAD_DATA, MOST_FILES),
            words("Up to 10 files of 10 MB. With other names or columns, add the mapping, a .toml file."),
            optional=False,
        ),
        kit.context(words("What cannot be used comes back to you as a direct message, each row with its reason.")),
        *([kit.context(words("The sample clients leave when yours come."))] if has_sample else []),
    ]
    return kit.modal(
        words("Upload CSV"), blocks, close=words("Cancel"), callback=ids.UPLOAD_DATA, submit=words("Upload"),
        metadata=forms.write(state),
    )  # fmt: skip


def done(files: Sequence[str], read: int, refused: int, sample: int, words: Words) -> str:
    """What the uploader is told; where rows were refused, beside the files of them. `sample`: clients that left."""
    rows = words.count("{n} row read", "{n} rows read", read)
    head = words("Imported {files}: {rows}, {refused} refused.", files=_named(files, words), rows=rows,
                 refused=words.number(refused))  # fmt: skip
    if sample:
        head += f" {words.count('{n} sample client left.', '{n} sample clients left.', sample)}"
    if not refused:
        return head
    return f"{head} {words('Here they are, each with its reason in the last column: mend them, and upload that file.')}"


def not_done(files: Sequence[str], reasons: Sequence[str], words: Words) -> Message:
    """Nothing was imported, and why."""
    head = words("Nothing was imported of {files}.", files=_named(files, words))
    lines = [head, *map(kit.escape, reasons)]
    return kit.message(" ".join(lines), kit.sections(lines))
