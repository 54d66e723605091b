"""What links a button or a modal here with its listener in `commands/`."""

from __future__ import annotations

OPEN_CLIENT = "open_client"  # value: the client's id; several in one message are numbered: open_client:2
SHOW_DETAILS = "show_details"
CHOOSE_CATEGORY = "choose_category"
SHOW_MISSING = "show_missing"
PREVIEW_SHARE = "preview_share"
SHARE_CLIENT = "share_client"  # the modal's callback id
SHARE_CHANNEL = "share_channel"  # its input: block and action id alike
