"""What links a button or a modal here with its listener in `commands/`."""

from __future__ import annotations

OPEN_CLIENT = "open_client"  # value: the client's id; several in one message are numbered: open_client:2
SHOW_DETAILS = "show_details"
CHOOSE_CATEGORY = "choose_category"
SHOW_MISSING = "show_missing"
PREVIEW_SHARE = "preview_share"
SHARE_CLIENT = "share_client"  # the modal's callback id
SHARE_CHANNEL = "share_channel"  # its input: block and action id alike

SHOW_OVERVIEW = "show_overview"  # value: a filter
SHOW_LIST = "show_list"  # value: `states.write`; several in one message are numbered
SORT_LIST = "sort_list"  # a menu; the block's id is a filter
MORE_OF_LIST = "more_of_list"  # a menu of what else can be done with a list; the block's id is a filter
OPEN_LISTED = "open_listed"  # value: the client's id; its card comes below the list
SHOW_CHART = "show_chart"  # value: a filter
SHOW_HISTORY = "show_history"  # value: the client's id
MORE_OF_CARD = "more_of_card"  # a menu: "opportunities" and the client's id
SHOW_OPPORTUNITIES = "show_opportunities"  # value: a filter
ANSWER_OPPORTUNITY = "answer_opportunity"  # a menu; the block's id is `client/key`
NOT_NOW = "not_now"  # modals' callback ids, and their inputs: block and action id alike
NOT_FOR_THEM = "not_for_them"
