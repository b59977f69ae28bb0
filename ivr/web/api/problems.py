"""Errors of every kind to problem details (RFC 9457), at this one place."""

from http import HTTPStatus
from typing import Any

import structlog
from apiflask.exceptions import HTTPError
from flask import Response, json, request
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from ivr.domain.errors import IvrError

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

STATUS_OF_CODE = {
    "not_signed_in": HTTPStatus.UNAUTHORIZED,
    "wrong_password": HTTPStatus.UNAUTHORIZED,
    "too_many_attempts": HTTPStatus.TOO_MANY_REQUESTS,
    "no_such_agent": HTTPStatus.NOT_FOUND,
    "no_such_contact": HTTPStatus.NOT_FOUND,
    "no_such_group": HTTPStatus.NOT_FOUND,
    "no_such_message": HTTPStatus.NOT_FOUND,
    "no_such_notice": HTTPStatus.NOT_FOUND,
    "no_such_proposal": HTTPStatus.NOT_FOUND,
    "bad_notice": HTTPStatus.UNPROCESSABLE_ENTITY,
    "time_has_passed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "not_a_phone_number": HTTPStatus.UNPROCESSABLE_ENTITY,
    "bad_period": HTTPStatus.UNPROCESSABLE_ENTITY,
    "bad_proposal": HTTPStatus.UNPROCESSABLE_ENTITY,
    "phrase_empty": HTTPStatus.UNPROCESSABLE_ENTITY,
    "phrase_too_long": HTTPStatus.UNPROCESSABLE_ENTITY,
    "phrase_is_personal": HTTPStatus.UNPROCESSABLE_ENTITY,
    "no_dial_plan": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Everything else that a person can mend is a conflict with the present state."""


class Problem(BaseModel):
    """Problem details. `code` names the case for machines; `errors` lists what is wrong with which field."""

    type: str
    title: str
    status: int
    detail: str = ""
    hint: str = ""
    code: str
    instance: str
    errors: dict[str, Any] = {}


def status_of(error: Exception) -> HTTPStatus:
    """The HTTP status that says whose fault it is."""
    if isinstance(error, IvrError):
        return STATUS_OF_CODE.get(error.code, HTTPStatus.CONFLICT)
    if isinstance(error, HTTPError):
        return HTTPStatus(error.status_code)
    if isinstance(error, HTTPException):
        return HTTPStatus(error.code or 500)
    if isinstance(error, SQLAlchemyError):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.INTERNAL_SERVER_ERROR


def of(error: Exception) -> Problem:
    """What the error tells an integrator. Of our own faults it tells that they are ours, and nothing else."""
    status = status_of(error)
    code = error.code if isinstance(error, IvrError) else status.name.lower()
    problem = Problem(
        type=f"urn:ivr:problem:{code}", title=status.phrase, status=int(status), code=code, instance=request.path
    )
    if isinstance(error, IvrError):
        return problem.model_copy(update={"detail": error.text, "hint": error.hint})
    if isinstance(error, HTTPError):
        return problem.model_copy(update={"detail": error.message or "", "errors": error.detail or {}})
    if isinstance(error, HTTPException):
        return problem.model_copy(update={"detail": error.description or ""})
    return problem.model_copy(update={"detail": "The error is ours and has been logged."})


def answer(error: Exception) -> Response:
    """The response that carries the problem."""
    problem = of(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request_failed", path=request.path, method=request.method, exc_info=error)
    response = Response(json.dumps(problem.model_dump()), status=problem.status, content_type=MEDIA_TYPE)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if problem.status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = "60"
    return response
