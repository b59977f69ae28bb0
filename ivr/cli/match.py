"""`ivr match`: what the engine would make of a sentence, and why."""

from pathlib import Path

import click

from ivr.cli.answers import exits
from ivr.cli.ears import Ears, ears
from ivr.cli.next_words import next_words
from ivr.cli.recorded import ear
from ivr.domain.language import Language
from ivr.domain.speech.match import Explanation


@click.command("match", epilog='Example: ivr match "jeg skal have nyt pas"')
@click.argument("text", required=False)
@click.option(
    "--wav",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A recording instead of TEXT (PCM, 16 bit, one channel), recognised with the model of IVR_VOSK_MODELS.",
)
@click.option("--language", default="da", show_default=True, help="The language that is spoken.")
@click.option(
    "--directory",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A directory file (CSV), to hear names.",
)
@exits
def command(text: str | None, wav: Path | None, language: str, directory: Path | None) -> None:
    """Show which topics, people and flags TEXT is understood as, why, and what the caller would hear next.

    With --wav, also what our own recogniser makes of a recording, as it listens at the open question.

    Grammars are read from IVR_GRAMMARS (default: grammars), departments from IVR_ROUTES (default: routes.yaml).
    """
    if (text is None) == (wav is None):
        raise click.UsageError("Give either TEXT or --wav FILE.")
    heard = ears(directory)
    heard.topics(Language(language))
    if wav is not None:
        text = ear(heard, Language(language))(wav)
        click.echo(f"recognised  {text or '(nothing)'}")
        if not text:
            return
    for line in lines(heard, text or "", Language(language)):
        click.echo(line)


def lines(heard: Ears, text: str, language: Language) -> list[str]:
    """The explanation, a line each."""
    explanation = heard.matcher.explain(text, language)
    found = [f"normalised  {explanation.normalised or '(nothing)'}", *_topics(explanation), *_scores(explanation)]
    found += [f"entry       {entry}" for entry in explanation.heard.entries]
    found.append(f"flags       {', '.join(_flags(explanation)) or 'none'}")
    said = next_words(heard.plan, explanation.heard, language) if heard.plan is not None else ()
    return [*found, *(f"{'next' if place == 0 else '':12}{words}" for place, words in enumerate(said))]


def _topics(explanation: Explanation) -> list[str]:
    phrases = {near.topic: near.phrase for near in explanation.nearest}
    found = [
        f"topic       {candidate.confidence:.2f}  {candidate.topic:<20} {phrases.get(candidate.topic, '')}".rstrip()
        for candidate in explanation.heard.candidates
    ]
    return found or ["topic       none"]


def _scores(explanation: Explanation) -> list[str]:
    judged = explanation.judged
    if judged is None:
        return []
    return [f"judged      ours {judged.ours:.2f}, two-sided {judged.two_sided:.2f}, danger {judged.danger:.2f}"]


def _flags(explanation: Explanation) -> list[str]:
    heard = explanation.heard
    raised = {
        "danger": heard.danger,
        "two-sided": heard.two_sided,
        "wants a person": heard.wants_person,
        "unknown name": heard.unknown_name,
        "yes": heard.affirms is True,
        "no": heard.affirms is False,
    }
    return [flag for flag, is_raised in raised.items() if is_raised]
