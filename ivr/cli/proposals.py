"""`ivr proposals`: the phrases that supervisors have proposed, as a file to take from. It changes no grammar."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from ivr.adapters.store import proposals
from ivr.adapters.store.proposals import Proposal
from ivr.assembly import Parts
from ivr.cli.answers import BadFile, exits
from ivr.cli.database_of import opened, plan_of
from ivr.domain.heard import plain
from ivr.domain.language import Language
from ivr.domain.proposals.document import ProposalState, ProposedPhrase, document
from ivr.domain.speech.grammar import read_grammars
from ivr.operations import proposals as proposal_operations


@click.command("proposals", epilog="Example: ivr proposals --language da --out proposals-da.yaml")
@click.option("--language", help="The language of the grammar; without it, every language in which there are some.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a new file, and mark what stands in it as exported. Needs --language.",
)
@click.option("--again", is_flag=True, help="Also what has been exported before.")
@exits
def command(language: str | None, out: Path | None, again: bool) -> None:
    """Print what supervisors have proposed for the grammars, in the grammars' own form.

    Each phrase is looked up in the grammars of IVR_GRAMMARS: what stands there already, or under another topic, is
    commented out with the reason. Without --out nothing is marked.
    """
    if out is not None and language is None:
        raise click.UsageError("--out writes one language: name it with --language.")
    states = (ProposalState.OPEN, ProposalState.EXPORTED) if again else (ProposalState.OPEN,)
    with opened() as parts:
        with parts.engine.connect() as db:
            found = proposals.standing(db, language=language, states=states)
        if not found:
            click.echo("Nothing has been proposed that is not exported.", err=True)
            return
        texts = [_document(parts, spoken, found) for spoken in sorted({one.language for one in found})]
        if out is None:
            click.echo("\n".join(texts), nl=False)
            return
        _write(out, texts[0])
        parts.operations.run(proposal_operations.exported, [one.id for one in found])
    click.echo(f"{out}: {len(found)} proposed. Read them, take what is good into the grammars, and run: ivr check")


def _write(out: Path, text: str) -> None:
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise BadFile(f"{out} is there already.", hint="Name another file; nothing was marked.") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadFile(f"{out} cannot be written: {reason}.", hint="Nothing was marked.") from None


def _document(parts: Parts, language: str, found: Collection[Proposal]) -> str:
    plan = plan_of(parts)
    zone = ZoneInfo(plan.calendar.zone)
    with parts.engine.connect() as db:
        today = parts.operations.clock.now(db).astimezone(zone).date()
    return document(
        language,
        [
            ProposedPhrase(
                topic=one.topic,
                phrase=one.phrase,
                by=one.proposed_by,
                day=one.proposed_at.astimezone(zone).date(),
            )
            for one in found
            if one.language == language
        ],
        known=_known(parts.settings.grammars, language),
        topics=plan.flow.topics,
        today=today,
    )


def _known(folder: Path, language: str) -> Mapping[str, Collection[str]]:
    """The topics under which each phrase of the grammar stands. Raises `BadGrammar`."""
    texts = {str(path): path.read_text("utf-8") for path in sorted(folder.glob(f"{language}/*.yaml"))}
    topics: defaultdict[str, set[str]] = defaultdict(set)
    grammar = read_grammars(texts).get(Language(language))
    for phrase in grammar.phrases if grammar is not None else ():
        topics[plain(phrase.text)].add(phrase.topic)
    return topics
