"""What a language is heard with: its grammar, and what was learnt from it. Reading and learning take seconds, so it is kept."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from ivr.domain.language import Language
from ivr.domain.speech.classifier import Classifier
from ivr.domain.speech.grammar import Grammar
from ivr.domain.speech.topics import questions

_GRAMMAR, _CLASSIFIER = "grammar.json", "classifier.npz"
_GRAMMARS: TypeAdapter[Grammar] = TypeAdapter(Grammar)
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
                (_GRAMMAR, _GRAMMARS.dump_json(self.grammar)),
                (_CLASSIFIER, self.classifier.dumped()),
            ):
                packed = zipfile.ZIP_DEFLATED if name == _GRAMMAR else zipfile.ZIP_STORED
                archive.writestr(zipfile.ZipInfo(name, _BEFORE_ALL_TIME), content, compress_type=packed)
        return file.getvalue()

    @classmethod
    def loaded(cls, kept: bytes) -> "Hearing":
        """From the bytes that `dumped` gave. Raises ValueError for others."""
        try:
            with zipfile.ZipFile(io.BytesIO(kept)) as archive:
                grammar, classifier = archive.read(_GRAMMAR), archive.read(_CLASSIFIER)
        except (zipfile.BadZipFile, KeyError) as error:
            raise ValueError(f"These bytes are nothing that was learnt from a grammar: {error}") from None
        return cls(grammar=_GRAMMARS.validate_json(grammar), classifier=Classifier.loaded(classifier))


def learnt(grammar: Grammar) -> Hearing:
    """Learns from a grammar: seconds for one of thousands of phrases."""
    # What learns is large, and most processes live by what was kept.
    from ivr.domain.speech.learning import trained  # noqa: PLC0415

    return Hearing(grammar=grammar, classifier=trained(questions(grammar)))


def all_learnt(grammars: Mapping[Language, Grammar]) -> dict[Language, Hearing]:
    """Learns from every grammar."""
    return {language: learnt(grammar) for language, grammar in grammars.items()}
