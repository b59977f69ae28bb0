"""`ivr grammar build`: learn from the grammars now, so that the next start need not."""

import click

from ivr.cli.answers import exits
from ivr.cli.ears import learnt, trained_folder


@click.group("grammar")
def command() -> None:
    """What callers say, and what is learnt from it."""


@command.command("build", epilog="Example: ivr grammar build")
@exits
def build() -> None:
    """Learn from the grammars of IVR_GRAMMARS and keep it in IVR_TRAINED (default: the folder trained in IVR_VAR).

    The engine does the same when it meets a grammar that it does not know; an image that has it built in starts at once.
    """
    for language, hearing in sorted(learnt().items()):
        grammar = hearing.grammar
        click.echo(f"{language}: {len(grammar.topics)} topics, {len(grammar.phrases)} phrases")
    click.echo(f"Kept in {trained_folder()}.")
