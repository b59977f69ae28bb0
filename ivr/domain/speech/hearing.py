"""What a language is heard with: its grammar, and what was learnt from it. Reading and learning take seconds, so it is kept."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from ivr.domain.language import Language
from ivr.domain.speech.classifier import Classifier
from ivr.domain.speech.grammar import Grammar, Phrase
from ivr.domain.speech.topics import BREADTHS, questions

_GRAMMAR, _PHRASES, _CLASSIFIER = "grammar.json", "phrases.jsonl", "classifier.npz"
_GRAMMARS: TypeAdapter[Grammar] = TypeAdapter(Grammar)
_SOME_PHRASES: TypeAdapter[tuple[Phrase, ...]] = TypeAdapter(tuple[Phrase, ...])
_PHRASES_A_LINE = 1000  # what is read in one go keeps every other thread waiting
_BEFORE_ALL_TIME = (1980, 1, 1, 0, 0, 0)  # so that the same grammar gives the same bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """A grammar with the classifier that was trained from it."""

    grammar: Grammar
    classifier: Classifier

    def dumped(self) -> bytes:
        """As bytes, the same for the same grammar."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in (
                (_GRAMMAR, _GRAMMARS.dump_json(replace(self.grammar, phrases=()))),
                (_PHRASES, b"\n".join(_lines(self.grammar.phrases))),
                (_CLASSIFIER, self.classifier.dumped()),
            ):
                packed = zipfile.ZIP_STORED if name == _CLASSIFIER else zipfile.ZIP_DEFLATED
                archive.writestr(zipfile.ZipInfo(name, _BEFORE_ALL_TIME), content, compress_type=packed)
        return file.getvalue()

    @classmethod
    def loaded(cls, kept: bytes) -> "Hearing":
        """From the bytes that `dumped` gave. Raises ValueError for others."""
        try:
            with zipfile.ZipFile(io.BytesIO(kept)) as archive:
                grammar, phrases, classifier = (archive.read(name) for name in (_GRAMMAR, _PHRASES, _CLASSIFIER))
        except (zipfile.BadZipFile, KeyError) as error:
            raise ValueError(f"These bytes are nothing that was learnt from a grammar: {error}") from None
        read = tuple(phrase for line in phrases.split(b"\n") for phrase in _SOME_PHRASES.validate_json(line))
        return cls(
            grammar=replace(_GRAMMARS.validate_json(grammar), phrases=read), classifier=Classifier.loaded(classifier)
        )


def _lines(phrases: tuple[Phrase, ...]) -> Iterator[bytes]:
    for begin in range(0, max(1, len(phrases)), _PHRASES_A_LINE):
        yield _SOME_PHRASES.dump_json(phrases[begin : begin + _PHRASES_A_LINE])


def learnt(grammar: Grammar) -> Hearing:
    """Learns from a grammar: seconds for one of thousands of phrases."""
    # What learns is large, and most processes live by what was kept.
    from ivr.domain.speech.learning import trained  # noqa: PLC0415

    return Hearing(grammar=grammar, classifier=trained(questions(grammar), BREADTHS))


def all_learnt(grammars: Mapping[Language, Grammar]) -> dict[Language, Hearing]:
    """Learns from every grammar."""
    return {language: learnt(grammar) for language, grammar in grammars.items()}
