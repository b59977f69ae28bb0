"""Vosk models by language, and recognisers that know what to listen for. Says nothing on its own account in the log."""

import json
import re
import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import vosk

from ivr.adapters.recognition.models import WHERE_FROM, NoModel, missing, takes_phrases
from ivr.domain.language import Language

UNKNOWN = "[unk]"
"""What Vosk writes for anything that is none of the words it listens for."""

_WORD = re.compile(r"\w+(?:['’-]\w+)*")

vosk.SetLogLevel(-1)


class Model:
    """One language's model. Safe to share between threads; each stream has a recogniser of its own."""

    def __init__(self, folder: Path) -> None:
        self._model = _read(folder)
        self._takes_phrases = takes_phrases(folder)
        self._grammar = lru_cache(maxsize=64)(self._grammar_of)

    def recogniser(self, phrases: tuple[str, ...], rate: int) -> vosk.KaldiRecognizer:
        """A recogniser for sound of `rate` samples a second that expects `phrases`; anything, where there are none."""
        if not phrases or not self._takes_phrases:
            return vosk.KaldiRecognizer(self._model, rate)
        return vosk.KaldiRecognizer(self._model, rate, self._grammar(phrases))

    def knows(self, word: str) -> bool:
        """Whether the model has ever heard of the word."""
        return bool(self._model.vosk_model_find_word(word) >= 0)

    def _grammar_of(self, phrases: tuple[str, ...]) -> str:
        """The phrases in the words that the model knows; Vosk would tell of every other one, in every call."""
        known = lru_cache(maxsize=None)(self.knows)
        said = (" ".join(word for word in _WORD.findall(phrase.lower()) if known(word)) for phrase in phrases)
        # Vosk does not read the escapes of JSON.
        return json.dumps([*dict.fromkeys(phrase for phrase in said if phrase), UNKNOWN], ensure_ascii=False)


class Models:
    """The models of a folder, `<folder>/<language>`, each read once: when it is first asked for."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._read: dict[Language, Model] = {}
        self._lock = threading.Lock()

    def read(self, languages: Iterable[Language]) -> None:
        """Read the models of these languages now. Raises `NoModel` with every problem."""
        problems = []
        for language in languages:
            try:
                self.of(language)
            except NoModel as problem:
                problems.append(problem.text)
        if problems:
            raise NoModel("\n".join(problems), hint=WHERE_FROM)

    def of(self, language: Language) -> Model:
        """The model of a language. Raises `NoModel`."""
        with self._lock:
            if language not in self._read:
                self._read[language] = Model(self._place(language))
            return self._read[language]

    def _place(self, language: Language) -> Path:
        problems = missing(self._folder, (language,))
        if problems:
            raise NoModel(problems[0], hint=WHERE_FROM)
        assert self._folder is not None
        return self._folder / language


def _read(folder: Path) -> vosk.Model:
    try:
        return vosk.Model(str(folder))
    except Exception:
        # The library raises nothing more exact, and why stands in its own log only.
        raise NoModel(
            f"The vosk model in {folder} cannot be read: it is damaged, or not a model.", hint=WHERE_FROM
        ) from None
