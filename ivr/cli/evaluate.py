"""`ivr evaluate`: how well a file of labelled utterances is understood."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from ivr.cli.answers import exits
from ivr.cli.ears import ears
from ivr.cli.recorded import ear
from ivr.domain.errors import IvrError
from ivr.domain.flow.graph import Understanding
from ivr.domain.language import Language
from ivr.domain.speech.evaluation import Answer, Report, Utterance, answered, read_rows, report

_BAR = 30


class NoRecording(IvrError):
    """Rows of a file have no recording; the text names each."""

    code = "no_recording"


@click.command("evaluate", epilog="Example: ivr evaluate tests/data/utterances-da.tsv --answers answers.tsv")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", default="da", show_default=True, help="The language that is spoken.")
@click.option(
    "--answers", type=click.Path(dir_okay=False, path_type=Path), help="Write what was made of each row (TSV)."
)
@click.option(
    "--wav-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Recordings instead of the texts: <id>.wav of each row, recognised with the model of IVR_VOSK_MODELS.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--directory",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A directory file (CSV), to hear names.",
)
@exits
def command(
    file: Path, language: str, answers: Path | None, wav_dir: Path | None, as_json: bool, directory: Path | None
) -> None:
    """Print how well FILE (TSV: id, text, topic, kind, note) is understood.

    A topic may be _none (no business of the house), _ambiguous (the note names both topics) or _urgent (danger to life).
    """
    heard = ears(directory)
    rows = read_rows(str(file), file.read_bytes(), heard.topics(Language(language)))
    bands: Understanding = heard.bands
    recognised = {}
    if wav_dir is not None:
        recordings = _recordings(file, rows, wav_dir)
        listen = ear(heard, Language(language))
        recognised = {id: listen(path) for id, path in recordings.items()}
    found = [
        answered(row, heard.matcher.hear(recognised.get(row.id, row.text), Language(language)), bands) for row in rows
    ]
    if answers is not None:
        answers.write_text(_table(found, recognised), "utf-8")
    figures = report(found)
    click.echo(json.dumps(dataclasses.asdict(figures), indent=1) if as_json else "\n".join(_lines(figures)))


def _recordings(file: Path, rows: Sequence[Utterance], folder: Path) -> Mapping[str, Path]:
    """The recording of each row, by its id. Raises `NoRecording` with every row that has none."""
    found = {row.id: folder / f"{row.id}.wav" for row in rows}
    missing = [
        f'{file}:{number}  "{id}" has no recording: there is no file {path}.'
        for number, (id, path) in enumerate(found.items(), start=2)
        if not path.is_file()
    ]
    if missing:
        raise NoRecording("\n".join(missing))
    return found


def _table(answers: Sequence[Answer], recognised: Mapping[str, str]) -> str:
    """The answers as TSV; with recordings, what was recognised stands beside what was understood."""
    lines = [("id", "topic", "confidence", "alternatives", "entry", *(["recognised"] if recognised else ()))]
    for answer in answers:
        sure, either, names = f"{answer.confidence:.3f}", "|".join(answer.alternatives), "|".join(answer.entries)
        heard = [recognised[answer.row.id]] if recognised else ()
        lines.append((answer.row.id, answer.topic, sure, either, names, *heard))
    return "".join("\t".join(cells) + "\n" for cells in lines)


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
