"""`/task` and `/note`: what people log on clients, from wherever they see one, and a client's activity."""

from __future__ import annotations

import re

from bot.blocks import ids
from bot.blocks.tasks import PUT_OFF
from bot.domain.access import Right
from commands.activity import away, handover, opening, page, shortcuts, submit, tasks

LISTENERS = [
    ("action", ids.LOG_TASK, opening.on_log_task, Right.SEAT),
    ("action", ids.LEAVE_NOTE, opening.on_leave_note, Right.SEAT),
    ("entry", f"{ids.MORE_OF_CARD}:{ids.NOTE}", opening.on_leave_note, Right.SEAT),
    ("entry", f"{ids.ANSWER_OPPORTUNITY}:{ids.LOG_TASK}", opening.on_opportunity, Right.SEAT),
    ("entry", f"{ids.MORE_OF_RENEWAL}:{ids.LOG_TASK}", opening.on_log_task, Right.SEAT),
    ("entry", f"{ids.DIGEST_MENU}:task", opening.on_digest, Right.SEAT),
    ("global_shortcut", ids.LOG_TASK, shortcuts.on_task, Right.SEAT),
    ("global_shortcut", ids.LEAVE_NOTE, shortcuts.on_note, Right.SEAT),
    ("message_shortcut", ids.LOG_AS_TASK, shortcuts.on_message_as_task, Right.SEAT),
    ("message_shortcut", ids.LOG_AS_NOTE, shortcuts.on_message_as_note, Right.SEAT),
    ("command", "task", opening.on_task_command, Right.SEAT),
    ("command", "note", opening.on_note_command, Right.SEAT),
    ("options", ids.FIND_CLIENT, opening.on_options, Right.SEAT),
    ("view", ids.LOG_TASK, submit.on_task, Right.SEAT),
    ("view", ids.LEAVE_NOTE, submit.on_note, Right.SEAT),
    ("entry", f"{ids.MORE_OF_CARD}:{ids.ACTIVITY}", page.on_activity, Right.SEAT),
    ("action", re.compile(rf"^{ids.SHOW_ACTIVITY}:[a-z]+$"), page.on_activity, Right.SEAT),
    ("action", re.compile(rf"^{ids.PUSH_AGAIN}:\d+$"), page.on_push_again, Right.SEAT),
    ("action", re.compile(rf"^{ids.SHOW_TASKS}:[a-z]+$"), tasks.on_page, Right.SEAT),
    ("action", re.compile(rf"^{ids.FINISH_TASK}:\d+$"), tasks.on_done, Right.SEAT),
    ("action", ids.FINISH_GIVEN, tasks.on_given_done, Right.SEAT),
    ("action", ids.REOPEN_TASK, tasks.on_reopen, Right.SEAT),
    *(("entry", f"{ids.MORE_OF_TASK}:{word}", tasks.on_put_off, Right.SEAT) for word in PUT_OFF),
    ("entry", f"{ids.MORE_OF_TASK}:{ids.CHANGE_TASK}", tasks.on_change, Right.SEAT),
    ("view", ids.CHANGE_TASK, tasks.on_changed, Right.SEAT),
    ("action", re.compile(rf"^{ids.SHOW_ABSENCES}:[a-z]+$"), away.on_page, Right.SEAT),
    ("action", ids.SET_ABSENCE, away.on_away, Right.SEAT),
    ("view", ids.SET_ABSENCE, away.on_set, Right.SEAT),
    ("action", re.compile(rf"^{ids.CHANGE_ABSENCE}:\d+$"), away.on_change, Right.SEAT),
    ("view", ids.CHANGE_ABSENCE, away.on_changed, Right.SEAT),
    ("action", re.compile(rf"^{ids.END_ABSENCE}:\d+$"), away.on_back, Right.SEAT),
    ("action", re.compile(rf"^{ids.MOVE_TASKS}:\d+$"), handover.on_move, Right.SEAT),
]
