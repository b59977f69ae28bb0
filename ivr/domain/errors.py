"""The one family of errors: what went wrong, where, and what to do next."""


class IvrError(Exception):
    """Something a person can mend. `text` says what is wrong, `hint` the next step, `code` names it for machines."""

    code = "error"

    def __init__(self, text: str, *, hint: str = "", code: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.text} {self.hint}".rstrip()


class Refused(IvrError):
    """A move that the present state does not allow; nothing has changed."""

    code = "refused"
