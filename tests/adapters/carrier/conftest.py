"""A document read back as plain values, and an address to answer to."""

from xml.etree import ElementTree

import pytest

from ivr.adapters.carrier.numbers import DOCUMENT_OVERRIDES
from ivr.adapters.carrier.twiml import ReplyAddress
from ivr.domain.flow.graph import Speaker
from ivr.domain.language import Language
from ivr.domain.phone import PhoneNumber

DA, EN = Language("da"), Language("en")
PUBLIC = "https://ivr.example.dk"
RETRIED = f"#{DOCUMENT_OVERRIDES}"
NEXT = f"{PUBLIC}/voice/next/leg7{RETRIED}"
TURN = f"{PUBLIC}/voice/next/leg7?turn=3{RETRIED}"

Node = tuple[str, dict[str, str], list["Node | str"]]


@pytest.fixture
def place() -> ReplyAddress:
    speakers = {
        DA: Speaker(language=DA, name="dansk", carrier_code="da-DK", voice="Polly.Naja"),
        EN: Speaker(language=EN, name="English", carrier_code="en-GB"),
    }
    return ReplyAddress(
        public_url=PUBLIC,
        leg="leg7",
        turn=3,
        speakers=speakers,
        caller_id=PhoneNumber("+4572001234"),
    )


def read(document: str) -> list[Node | str]:
    """The verbs of a document as (name, attributes, content)."""
    return node(ElementTree.fromstring(document.encode()))[2]


def node(element: ElementTree.Element) -> Node:
    text = [element.text] if element.text else []
    return (element.tag, dict(element.attrib), [*text, *(node(child) for child in element)])


def said(text: str) -> Node:
    return ("Say", {"language": "da-DK", "voice": "Polly.Naja"}, [text])


def redirect(address: str) -> Node:
    return ("Redirect", {"method": "POST"}, [address])
