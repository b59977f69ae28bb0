"""Recordings instead of callers: what our own recogniser hears in them at the open question."""

from collections.abc import Callable
from pathlib import Path

from ivr.adapters.recognition.recordings import recognise_wav
from ivr.adapters.recognition.vosk import Models
from ivr.cli.ears import Ears, models_folder, routes_file
from ivr.domain.dialplan.vocabularies import vocabulary
from ivr.domain.errors import IvrError
from ivr.domain.flow.state import Place
from ivr.domain.flow.vocabulary import expected_at
from ivr.domain.language import Language


class NoPlan(IvrError):
    """There is no dial plan to tell what to listen for."""

    code = "no_plan"


def ear(heard: Ears, language: Language) -> Callable[[Path], str]:
    """Writes down what is said in a WAV file, whoever recognises this language in the plan.

    Raises `NoPlan` and `NoModel`; for a file that cannot be listened to, what it returns raises `BadRecording`.
    """
    if heard.plan is None:
        raise NoPlan(f"What to listen for cannot be told: {routes_file()} is refused.", hint="ivr check tells why.")
    model = Models(models_folder()).of(language)
    expected = vocabulary(heard.plan.flow, language, heard.hearings[language].grammar)
    phrases = expected_at(Place.QUESTION, expected, heard.employees)
    return lambda path: recognise_wav(path, model, phrases).text
