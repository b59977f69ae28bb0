"""What a carrier can say at once: text without forbidden characters, cut into pieces that one <Say> holds."""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

LONGEST_SAY_BYTES = 2900
"""Twilio's basic voices take 4,096 bytes in one <Say>, the others 3,000 characters; Danish letters count twice."""

LETTERS_PER_SECOND = 15
"""How fast voices speak; only an estimate of how long a document lasts hangs on it."""

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SENTENCE_END = re.compile(r"(?<=[.!?:;…])\s+")
_WORD_END = re.compile(r"\s+")


def speakable(text: str) -> str:
    """The text without characters that an XML document cannot hold, and without space around it."""
    return _NOT_IN_XML.sub("", text).strip()


def size(text: str) -> int:
    """Bytes that the text takes in a document, `&amp;` and its like included."""
    return len(escape(text, {'"': "&quot;"}).encode())


def pieces(text: str, most: int = LONGEST_SAY_BYTES) -> tuple[str, ...]:
    """The text in pieces of at most `most` bytes, cut at the ends of sentences, or of words where a sentence is too long."""
    return tuple(_joined(_fragments(speakable(text), most), most))


def seconds_to_say(text: str) -> float:
    """About how long it takes to say the text."""
    return len(text) / LETTERS_PER_SECOND


def _joined(fragments: Iterator[str], most: int) -> Iterator[str]:
    piece = ""
    for fragment in fragments:
        longer = f"{piece} {fragment}" if piece else fragment
        if len(longer.encode()) <= most:
            piece = longer
            continue
        yield piece
        piece = fragment
    if piece:
        yield piece


def _fragments(text: str, most: int) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text):
        if len(sentence.encode()) <= most:
            if sentence:
                yield sentence
            continue
        for word in _WORD_END.split(sentence):
            yield from _chopped(word, most)


def _chopped(word: str, most: int) -> Iterator[str]:
    """A word that is too long on its own, cut anywhere but inside a letter."""
    while len(word.encode()) > most:
        head = word.encode()[:most].decode(errors="ignore")
        yield head
        word = word[len(head) :]
    if word:
        yield word
