"""What links a button or a modal here with its listener in `commands/`."""

from __future__ import annotations

BELOW = "below"  # ends the id of a button whose answer comes below its message, which stays
OPEN_CLIENT = "open_client"  # value: the client's id; several in one message are numbered: open_client:2
SHOW_DETAILS = "show_details"
CHOOSE_CATEGORY = "choose_category"
MARK_TOOL = "mark_tool"  # a menu of `marks.Say`; the block's id is the tool's key
SHOW_MISSING = "show_missing"
PREVIEW_SHARE = "preview_share"
SHARE_CLIENT = "share_client"  # the modal's callback id
SHARE_CHANNEL = "share_channel"  # its input: block and action id alike

SHOW_OVERVIEW = "show_overview"  # value: a filter
SHOW_LIST = "show_list"  # value: `states.write`; several in one message are numbered
SORT_LIST = "sort_list"  # a menu; the block's id is a filter
MORE_OF_LIST = "more_of_list"  # a menu of what else can be done with a list; the block's id is a filter
EXPORT = "export"  # an entry of that menu, beside those whose value is a filter
LIST_BELOW = "list_below"  # value: a filter; the list comes below the message; several in one message are numbered
OPEN_LISTED = "open_listed"  # value: the client's id; its card comes below the list
SHOW_CHART = "show_chart"  # value: a filter
MORE_OF_CARD = "more_of_card"  # a menu; its values are a word below, and the client's id
HISTORY, OPPORTUNITIES, ACTIVITY, NOTE = "history", "opportunities", "activity", "note"
KEY_ACCOUNT = "key_account"  # an entry of that menu, and the callback id of its modal
SHOW_FEED = "show_feed"  # value: `feed.write`; numbered
UNTIE = "untie"  # value: the client's id, as of the next two
TAKE_CLIENT = "take_client"
GIVE_BACK = "give_back"
SNOOZE = "snooze"  # an entry of MORE_OF_CARD and of DIGEST_MENU; the modal's callback id, too
END_SNOOZE = "end_snooze"  # value: the client's id
SHOW_USAGE = "show_usage"  # what can be typed, below the message that leads there
SHOW_BASE = "show_base"  # value: a filter; several in one message are numbered; the opportunities of its clients
SHOW_OPPORTUNITIES = "show_opportunities"  # value: the client's id; they come below
ANSWER_OPPORTUNITY = "answer_opportunity"  # a menu; the block's id is `client/key`
SHOW_RENEWALS = "show_renewals"  # value: `states.write`; numbered
CHART_RENEWALS = "chart_renewals"  # value: what is typed after the command
RENEWAL_WINDOW = "renewal_window"  # a menu of windows; the block's id is the filter beside it
MORE_OF_RENEWAL = "more_of_renewal"  # a line's menu; its values are a word and the client's id; of GIVE_OUTCOME …
GIVE_OUTCOME = "give_outcome"  # … the day, too, and the block's id is the list; the modal's callback id as well
TAKE_OUTCOME_BACK = "take_outcome_back"  # value: the client's id, the day, who said it, and maybe the list
LOG_TASK = "log_task"  # value: the client's id, and maybe a category; the modal's callback id and a menu's entry, too
LEAVE_NOTE = "leave_note"  # as is this
LOG_AS_TASK = "log_as_task"  # shortcuts of a message; those from anywhere are LOG_TASK and LEAVE_NOTE
LOG_AS_NOTE = "log_as_note"
FIND_CLIENT = "client"  # a field of both modals, whose clients are found while something is typed
SHOW_TASKS = "show_tasks"  # value: a page (`bot.domain.tasks.place`); numbered
FINISH_TASK = "finish_task"  # value: the task's id and the page that it stands on; numbered, as the page has several
FINISH_GIVEN = "finish_given"  # in the direct message about a task; value: its id
REOPEN_TASK = "reopen_task"  # the same
MORE_OF_TASK = "more_of_task"  # a menu; its values are a word, and the same
CHANGE_TASK = "change_task"  # an entry of that menu, and the modal's callback id
PUSH_AGAIN = "push_again"  # value: task or note, its id, and the value of the page that it stands on; numbered
SHOW_ABSENCES = "show_absences"  # one's own, and to who leads a team those of its people
SET_ABSENCE = "set_absence"  # *I am away*; the modal's callback id, too, as is:
CHANGE_ABSENCE = "change_absence"  # value: the absence's id; numbered, as several stand in one message
END_ABSENCE = "end_absence"  # *I am back*; the same
MOVE_TASKS = "move_tasks"  # value: the key of a hand-over's message, and maybe the id of one of its clients; numbered
SET_MORNING = "set_morning"  # when and of what one hears in the morning; the modal's callback id, too
SHOW_ACTIVITY = "show_activity"  # value: the client's id, and maybe where the page begins; numbered
NOT_NOW = "not_now"  # modals' callback ids, and their inputs: block and action id alike
NOT_FOR_THEM = "not_for_them"
FILTER_LIST = "filter_list"  # value: a filter
FILTER_FORM = "filter_form"  # the modal's callback id

# Entries of MORE_OF_LIST beside those whose value is a filter, and the rest of what is done with saved views:
SAVE_VIEW = "save_view"  # the modal's callback id, too
SAVED_VIEWS = "saved_views"
TURN_VIEWS = "turn_views"  # value: the place of the first view of a page; numbered
SHOW_VIEW = "show_view"  # value: the view's id; several in one block are numbered
CHANGE_VIEW = "change_view"  # a menu; its values are RENAME_VIEW or DELETE_VIEW, a colon, and the view's id
RENAME_VIEW = "rename_view"  # a modal's callback id, as is:
DELETE_VIEW = "delete_view"

# A digest in its channel:
DIGEST_MENU = (
    "digest_menu"  # of a line; its values are a word, the client's id, the rule that names it, the digest's id
)
DIGEST_NAMES = (
    "digest_names"  # value: the digest's id, its message's timestamp (empty: this one), the first one's place
)
ABOUT_DIGEST = "about_digest"  # value: the digest's id, as is:
GO_ON = "go_on"  # *It is right*

# The Home tab. Buttons of messages work in it, too: their answers stand there.
SHOW_HOME = "show_home"  # value: `bot.domain.home.Place`; numbered
CHOOSE_PIPELINE = "choose_pipeline"  # a menu of pipelines' keys; the block's id carries the place
FINISH_AT_HOME = "finish_at_home"  # value: a task's id
REOPEN_AT_HOME = "reopen_at_home"  # the same

# `/workspace` and what leads on from it: who may do what, teams, people.
BECOME_FIRST = "become_first"  # super admin
SHOW_TEAMS = "show_teams"  # value: the place of the first team of a page; numbered
NEW_TEAM = "new_team"  # a modal's callback id, too, as are:
EDIT_TEAM = "edit_team"
REMOVE_TEAM = "remove_team"
CHANGE_TEAM = "change_team"  # a menu; its values are EDIT_TEAM or REMOVE_TEAM, a colon, and the team's id
SHOW_PEOPLE = "show_people"  # value: the place of the first person of a page; numbered
BIND_ADDRESS = "bind_address"  # a menu; behind a colon the id of whom the data names
UNBIND_ADDRESS = "unbind_address"  # value: the address; numbered
SHOW_RIGHTS = "show_rights"  # value: a person's id
CHOOSE_PERSON = "choose_person"  # a menu of people: whose rights are shown
SET_RIGHTS = "set_rights"  # a modal's callback id
WELCOME_HELD = "welcome_held"  # those who had a seat before there were welcomes
SEATS_BY_HAND = "seats_by_hand"  # value: "on" or "off"
GIVE_ME_A_SEAT = "give_me_a_seat"
ASK_FOR_SEAT = "ask_for_seat"
NOT_MY_ADDRESS = "not_my_address"
GIVE_SEAT = "give_seat"  # value: the id of who asks for one
LOOK_AS = "look_as"  # value: a person's id
LOOK_AS_MYSELF = "look_as_myself"
SHOW_WORKSPACES = "show_workspaces"  # the way back to their list
CREATE_WORKSPACE = "create_workspace"  # the modal's callback id, too; as is:
EDIT_WORKSPACE = "edit_workspace"  # value: the workspace's id, and maybe a tab
DELETE_WORKSPACE = "delete_workspace"
SET_OBJECTS = "set_objects"
CONFIRM_OBJECTS = "confirm_objects"  # the callback id of the second step
SHOW_TAB = "show_tab"  # value: the tab; several in one modal are numbered
OF_WORKSPACE = "workspace/"  # before the names of fields of a workspace's settings
SHOW_DATA = "show_data"  # several in one message are numbered
UPLOAD_DATA = "upload_data"  # the modal's callback id and its input, too
SHOW_AUDIT = "show_audit"  # value: the entry before which a page begins; numbered

# `/digest`:
SHOW_DIGESTS = "show_digests"  # value: the place of the first digest of a page; numbered
NEW_DIGEST = "new_digest"  # the modal's callback id, too
EDIT_DIGEST = "edit_digest"  # value: the digest's id; the modal's callback id, too
OF_DIGEST = "digest/"  # before the names of fields whose choices are found while something is typed
MORE_OF_DIGEST = "more_of_digest"  # a menu; behind a colon the digest's id; its values are a word, and the id
PREVIEW_DIGEST = "preview_digest"  # entries of that menu, as are the rest; a button where it is the only one
SEND_DIGEST = "send_digest"  # a modal's callback id, too, as is DELETE_DIGEST
PAUSE_DIGEST = "pause_digest"
RESUME_DIGEST = "resume_digest"
DELETE_DIGEST = "delete_digest"
