"""What to listen for in each language that we recognise ourselves: from the phrases of its grammar and the plan's names."""

from collections.abc import Mapping

from ivr.domain.flow.graph import Flow, Recogniser
from ivr.domain.flow.vocabulary import Vocabulary
from ivr.domain.language import Language
from ivr.domain.speech.excerpt import gist
from ivr.domain.speech.grammar import Flags, Grammar


def vocabularies(flow: Flow, grammars: Mapping[Language, Grammar]) -> dict[Language, Vocabulary]:
    """One for each language whose recogniser is Vosk; empty where the carrier hears all of them."""
    return {
        language: vocabulary(flow, language, grammars.get(language, Grammar(language=language)))
        for language, speaker in flow.speakers.items()
        if speaker.recogniser is Recogniser.VOSK
    }


def vocabulary(flow: Flow, language: Language, grammar: Grammar) -> Vocabulary:
    """What to listen for in one language, whoever hears it."""
    flags: Flags = grammar.flags
    others = [speaker for speaker in flow.speakers.values() if speaker.language != language]
    asked_for = [words for speaker in others for words in (speaker.name, *speaker.called)]
    return Vocabulary(
        always=(*flags.danger, *flags.person, *asked_for),
        matters=gist(grammar.phrases),
        answers=(*flags.yes, *flags.yes_opening, *flags.no, *flags.no_opening),
        calling=(*flags.calling, *flags.introducing),
        departments=tuple(name for department in flow.departments.values() for name in department.name.values()),
    )
