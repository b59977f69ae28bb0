"""From the bytes of an answer to the verbs of a document, read strictly.

Whatever is wrong is returned with Twilio's code. What Twilio only warns about is left out of the document, as Twilio
leaves it out; what it cannot get over is raised as `UnusableError`.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from ivr.simulator import problems
from ivr.simulator.problems import UnusableError
from ivr.simulator.twiml.vocabulary import GRAMMAR, LONGEST_HINT, VERBS

LARGEST_DOCUMENT = 64 * 1024
XML_TYPES = {"text/xml", "application/xml", "text/html"}
BASIC_VOICES = {"", "man", "woman", "alice"}
LONGEST_SAY_BASIC, LONGEST_SAY = 4096, 3000
LONGEST_PARAMETER = 500


@dataclass(frozen=True, kw_only=True)
class Element:
    """A verb or noun with the attributes that were understood."""

    name: str
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: tuple["Element", ...] = ()

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def number(self, name: str, default: float) -> float:
        value = self.attributes.get(name, "")
        return float(value) if value.isdigit() else default

    def is_true(self, name: str, default: bool = False) -> bool:
        return self.attributes.get(name, str(default)).lower() == "true"


@dataclass(frozen=True, kw_only=True)
class Document:
    """The verbs in order, where they came from, and what was warned about."""

    url: str
    method: str = "POST"
    verbs: tuple[Element, ...] = ()
    warnings: tuple[tuple[int, str], ...] = ()

    def resolve(self, url: str) -> str:
        """The address that `url` means in this document; inline documents have no base for relative ones."""
        if not url and self.url:
            return self.url
        if not urlsplit(url).scheme:
            if not self.url:
                raise UnusableError(
                    problems.RELATIVE_WITHOUT_BASE, f"relative address {url!r} in a document given inline"
                )
            url = urljoin(self.url, url)
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise UnusableError(problems.INVALID_URL, f"not an address: {url!r}", url)
        return url


def read(body: bytes, content_type: str, url: str, method: str = "POST") -> Document:
    """The document in `body`. Raises `UnusableError` for what Twilio counts as an error."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in XML_TYPES:
        raise UnusableError(problems.INVALID_CONTENT_TYPE, f"content type {content_type!r} is not XML", url)
    if len(body) > LARGEST_DOCUMENT:
        raise UnusableError(problems.BODY_TOO_LARGE, f"{len(body)} bytes, at most {LARGEST_DOCUMENT}", url)
    if not body.strip():
        raise UnusableError(problems.PARSE_FAILURE, "the document is empty", url)
    try:
        root = ET.fromstring(body)
    except ET.ParseError as error:
        raise UnusableError(problems.PARSE_FAILURE, f"not well-formed XML: {error}", url) from error
    if root.tag != "Response":
        raise UnusableError(problems.ROOT_IS_NOT_RESPONSE, f"the root is <{root.tag}>, not <Response>", url)
    warnings: list[tuple[int, str]] = []
    for name in root.attrib:
        warnings.append((problems.SCHEMA_WARNING, f"<Response> has no attribute {name!r}"))
    verbs = _children(root, VERBS, problems.SCHEMA_WARNING, warnings)
    return Document(url=url, method=method, verbs=tuple(verbs), warnings=tuple(warnings))


def _children(parent: ET.Element, allowed: frozenset[str], code: int, warnings: list[tuple[int, str]]) -> list[Element]:
    elements = []
    for node in parent:
        if node.tag in allowed and node.tag in GRAMMAR:
            elements.append(_element(node, warnings))
        elif node.tag not in allowed:
            warnings.append((code, f"<{node.tag}> is not allowed in <{parent.tag}>"))
    stray = "".join([parent.text or "", *(node.tail or "" for node in parent)]).strip()
    if stray and not (parent.tag in GRAMMAR and GRAMMAR[parent.tag].has_text):
        warnings.append((problems.SCHEMA_WARNING, f"text {stray[:30]!r} means nothing in <{parent.tag}>"))
    return elements


def _element(node: ET.Element, warnings: list[tuple[int, str]]) -> Element:
    grammar = GRAMMAR[node.tag]
    attributes = {}
    for name, value in node.attrib.items():
        known = grammar.attributes.get(name)
        if known is None:
            warnings.append((problems.SCHEMA_WARNING, f"<{node.tag}> has no attribute {name!r}"))
        elif not known.accepts(value):
            warnings.append((known.code, f"<{node.tag}> {name}={value!r} is not a valid value"))
        else:
            attributes[name] = value
    children = _children(node, grammar.children, grammar.nested_code, warnings)
    # Markup inside <Say> shapes the voice and is not spoken: the words are all the text there is.
    text = " ".join("".join(node.itertext() if node.tag == "Say" else [node.text or ""]).split())
    element = Element(name=node.tag, text=text, attributes=attributes, children=tuple(children))
    for check in CHECKS.get(node.tag, ()):
        check(element, warnings)
    return element


def _check_say(say: Element, warnings: list[tuple[int, str]]) -> None:
    # Bytes, not letters: æ, ø and å count twice.
    size = len(say.text.encode())
    most = LONGEST_SAY_BASIC if say.get("voice") in BASIC_VOICES else LONGEST_SAY
    if size > most:
        raise UnusableError(problems.SAY_TEXT, f"<Say> holds {size} bytes, at most {most} with this voice")
    if not say.text:
        warnings.append((problems.SAY_TEXT, "<Say> has nothing to say"))


def _check_gather(gather: Element, warnings: list[tuple[int, str]]) -> None:
    if gather.get("speechModel") and gather.get("speechTimeout") == "auto":
        warnings.append((13335, 'speechTimeout="auto" cannot be used with a speechModel'))
    hints = gather.get("hints").split(",")
    if len(hints) > 500 or any(len(hint.strip()) > LONGEST_HINT for hint in hints):
        warnings.append((13330, "hints: at most 500 of 100 characters each"))


def _check_dial(dial: Element, warnings: list[tuple[int, str]]) -> None:
    rooms = [noun for noun in dial.children if noun.name == "Conference"]
    if rooms and len(dial.children) > 1:
        raise UnusableError(problems.DIAL_NESTED, "<Dial> holds one <Conference> or up to ten others")
    if len(dial.children) > 10:
        raise UnusableError(problems.DIAL_NESTED, "<Dial> holds at most ten nouns")


def _check_parameter(parameter: Element, warnings: list[tuple[int, str]]) -> None:
    size = len(parameter.get("name")) + len(parameter.get("value"))
    if not parameter.get("name") or size >= LONGEST_PARAMETER:
        warnings.append(
            (problems.SCHEMA_WARNING, f"<Parameter> name and value: fewer than {LONGEST_PARAMETER} characters together")
        )


CHECKS = {
    "Say": (_check_say,),
    "Gather": (_check_gather,),
    "Dial": (_check_dial,),
    "Parameter": (_check_parameter,),
}
