"""The kinds of error that are expected: for the person who asked, also beside a field, and a delivery that failed."""

from __future__ import annotations


class UserError(Exception):
    """Something the person can mend: a key that `blocks/wording.py` turns into words, and the values in it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class FieldError(UserError):
    """What is wrong with one field of a form: it stands beside the field."""

    def __init__(self, key: str, field: str, **values: object) -> None:
        super().__init__(key, **values)
        self.field = field


class DeliveryError(Exception):
    """Slack or the CRM did not take it. Temporary: it may be tried again; permanent: it will never be taken."""

    def __init__(self, code: str, *, temporary: bool, after: int | None = None, may_have_arrived: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.temporary = temporary
        self.after = after  # seconds for which Slack asks to be left alone
        self.may_have_arrived = may_have_arrived  # nobody knows: it is looked for before it is sent again
