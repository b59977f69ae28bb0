"""`ivr evaluate`: how well a file of labelled utterances is understood."""

import dataclasses
import json
from pathlib import Path

import click

from ivr.cli.ears import ears
from ivr.domain.flow.graph import Understanding
from ivr.domain.language import Language
from ivr.domain.speech.evaluation import Answer, Report, answered, read_rows, report

_BAR = 30


@click.command("evaluate", epilog="Example: ivr evaluate tests/data/utterances-da.tsv --answers answers.tsv")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", default="da", show_default=True, help="The language that is spoken.")
@click.option(
    "--answers", type=click.Path(dir_okay=False, path_type=Path), help="Write what was made of each row (TSV)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--directory",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A directory file (CSV), to hear names.",
)
def command(file: Path, language: str, answers: Path | None, as_json: bool, directory: Path | None) -> None:
    """Print how well FILE (TSV: id, text, topic, kind, note) is understood.

    A topic may be _none (no business of the house), _ambiguous (the note names both topics) or _urgent (danger to life).
    """
    heard = ears(directory)
    rows = read_rows(str(file), file.read_bytes(), heard.topics(Language(language)))
    bands: Understanding = heard.bands
    found = [answered(row, heard.matcher.hear(row.text, Language(language)), bands) for row in rows]
    if answers is not None:
        answers.write_text("\n".join([_HEAD, *map(_line, found)]) + "\n", "utf-8")
    figures = report(found)
    click.echo(json.dumps(dataclasses.asdict(figures), indent=1) if as_json else "\n".join(_lines(figures)))


_HEAD = "id\ttopic\tconfidence\talternatives\tentry"


def _line(answer: Answer) -> str:
    confidence = f"{answer.confidence:.3f}"
    return "\t".join((answer.row.id, answer.topic, confidence, "|".join(answer.alternatives), "|".join(answer.entries)))


def _lines(figures: Report) -> list[str]:
    return [
        f"{'rows':24}{figures.rows}",
        _share("right (top 1)", figures.top1),
        _share("among the first 3", figures.top3),
        _share("not ours, but accepted", figures.false_accepts),
        _share("two-sided, asked which", figures.ambiguous_asked),
        _share("clear, asked in vain", figures.asked_in_vain),
        f"{'danger missed':24}{figures.urgent_missed} of {figures.urgent}",
        _share("needless alarms", figures.false_alarms),
        f"{'calibration (ECE)':24}{'-' if figures.ece is None else f'{figures.ece:.3f}'}",
        "",
        "by kind",
        *(f"  {kind:22}{share:7.1%}  of {count}" for kind, (share, count) in figures.by_kind.items()),
        "",
        "by topic, the worst first",
        *(
            f"  {topic:22}{share:7.1%}  of {count}"
            for topic, (share, count) in sorted(figures.by_topic.items(), key=lambda item: item[1])
        ),
        "",
        "confused",
        *(f"  {meant:22}heard as {heard:22}{count}" for meant, heard, count in figures.confusions),
        "",
        "reliability: how many were right, by how sure the answer was (| is where they should be)",
        *(_bar(bin.confidence, bin.right, bin.count) for bin in figures.reliability),
    ]


def _share(name: str, share: float | None) -> str:
    return f"{name:24}{'-' if share is None else f'{share:.1%}'}"


def _bar(confidence: float, right: float, count: int) -> str:
    cells = ["█" if place < round(right * _BAR) else "·" for place in range(_BAR)]
    cells[min(_BAR - 1, round(confidence * _BAR))] = "|"
    return f"  {confidence:.2f}  {''.join(cells)}  {right:.2f}  of {count}"
