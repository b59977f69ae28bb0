"""Trying the addresses that a number calls, as the carrier would: does anybody answer, and does the door keep out strangers?"""

from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree

import requests
from twilio.request_validator import RequestValidator

SECONDS = (2.0, 5.0)
FORBIDDEN = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What trying one address told. `problem` is empty where all is well, and else says what to mend."""

    address: str
    problem: str = ""


def try_door(address: str) -> Finding:
    """A webhook of ours must be there and refuse a request that the carrier did not sign."""
    status, problem = _status("POST", address, {"CallSid": "CAprobe"}, {})
    if not problem and status != FORBIDDEN:
        problem = f"answers an unsigned request with {status} instead of 403"
    return Finding(address=address, problem=problem)


def try_signed(address: str, auth_token: str) -> Finding:
    """A signed report of a call that does not exist must be let in: else address or token differ from the carrier's."""
    form = {"CallSid": "CAprobe", "CallStatus": "queued"}
    headers = {"X-Twilio-Signature": RequestValidator(auth_token).compute_signature(address, form)}
    status, problem = _status("POST", address, form, headers)
    if not problem and status == FORBIDDEN:
        problem = "refuses a signed request: IVR_PUBLIC_URL or TWILIO_AUTH_TOKEN differ between here and the server"
    if not problem and status >= 500:
        problem = f"fails with {status}"
    return Finding(address=address, problem=problem)


def try_fallback(address: str, public_url: str) -> Finding:
    """The fallback must be another machine and hold a document that dials somebody."""
    if problem := fallback_problem(address, public_url):
        return Finding(address=address, problem=problem)
    try:
        answer = requests.get(address, timeout=SECONDS)
    except requests.RequestException as error:
        return Finding(address=address, problem=f"does not answer ({type(error).__name__})")
    if not answer.ok:
        return Finding(address=address, problem=f"answers {answer.status_code}")
    if "xml" not in answer.headers.get("Content-Type", ""):
        return Finding(address=address, problem="is not served as text/xml")
    return Finding(address=address, problem=_document_problem(answer.content))


def fallback_problem(address: str, public_url: str) -> str:
    """Why the address cannot be a fallback; empty where it can."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "is not an absolute web address"
    if parts.hostname == urlsplit(public_url).hostname:
        return "is this machine: the fallback answers when it does not"
    return ""


def _status(method: str, address: str, form: dict[str, str], headers: dict[str, str]) -> tuple[int, str]:
    try:
        answer = requests.request(method, address, data=form, headers=headers, timeout=SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        return 0, f"does not answer ({type(error).__name__})"
    return answer.status_code, ""


def _document_problem(body: bytes) -> str:
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        return f"is no XML document ({error})"
    return "" if root.tag == "Response" and root.find("Dial") is not None else "dials nobody"
