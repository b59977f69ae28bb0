"""Refusals of the REST API, in Twilio's shape. Source: twilio.com/docs/usage/twilios-response, …/api/errors."""


class RestError(Exception):
    """A request that is answered with `{code, message, more_info, status}`."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def body(self) -> dict[str, object]:
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.message, "more_info": more, "status": self.status}


def not_found(what: str) -> RestError:
    return RestError(404, 20404, f"The requested resource {what} was not found")


def too_many() -> RestError:
    return RestError(429, 20429, "Too Many Requests")


def not_in_progress() -> RestError:
    return RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
