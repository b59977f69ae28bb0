"""How well utterances are understood: what was heard set against what was meant.

An answer is what the caller would hear next: a topic that is taken up or confirmed, a choice between two, a person, 112, or
nothing. Rows whose meaning is `_none` should be answered with nothing, `_ambiguous` with a choice between the two topics
of the note, `_urgent` with the alarm.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from ivr.domain.errors import IvrError
from ivr.domain.flow.graph import Understanding
from ivr.domain.flow.understanding import Either, Likely, Sure, read
from ivr.domain.heard import Heard

NONE, AMBIGUOUS, URGENT = "_none", "_ambiguous", "_urgent"
PERSON_TOPIC, ANYONE_TOPIC = "medarbejder", "menneske"
COLUMNS = ("id", "text", "topic", "kind", "note")
_BINS = 10


class BadUtterances(IvrError):
    """A file of labelled utterances cannot be read; the text names file, line and reason."""

    code = "bad_utterances"


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A labelled row. `note` holds the two topics of an ambiguous one, or the names that are asked for."""

    id: str
    text: str
    topic: str
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was made of a row. `topic` is empty where nothing was understood; `best` are the first three topics."""

    row: Utterance
    topic: str
    confidence: float
    alternatives: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    best: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether a caller would be served. For an ambiguous row, whether it is asked which."""
        match self.row.topic:
            case "_none":
                return not self.topic
            case "_ambiguous":
                return bool(self.alternatives)
            case meant:
                return self.topic == meant


def read_rows(name: str, content: bytes, topics: Iterable[str]) -> tuple[Utterance, ...]:
    """The rows of a TSV file (UTF-8) whose first line names its columns. Raises `BadUtterances` with every problem."""
    known = {*topics, NONE, AMBIGUOUS, URGENT}
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        place = content.count(b"\n", 0, error.start) + 1
        raise BadUtterances(f"{name}:{place}  This is not UTF-8.", hint="Save the file as UTF-8.") from None
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise BadUtterances(f"{name}:1  The first line must be: {' '.join(COLUMNS)}, with tabs between.")
    rows, problems, seen = [], [], set[str]()
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS):
            problems.append(f"{name}:{number}  {len(cells)} columns, not {len(COLUMNS)}.")
            continue
        row = Utterance(**dict(zip(COLUMNS, cells, strict=True)))
        if row.topic not in known:
            near = get_close_matches(row.topic, sorted(known), n=1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            problems.append(f'{name}:{number}  There is no topic "{row.topic}".{hint}')
        if row.id in seen:
            problems.append(f'{name}:{number}  "{row.id}" stands here for the second time.')
        seen.add(row.id)
        rows.append(row)
    if problems:
        raise BadUtterances("\n".join(problems))
    return tuple(rows)


def answered(row: Utterance, heard: Heard, bands: Understanding) -> Answer:
    """What a caller who says this at the open question gets."""
    best = tuple(candidate.topic for candidate in heard.candidates[:3])
    sure = heard.candidates[0].confidence if heard.candidates else 0.0
    if heard.danger:
        return Answer(row=row, topic=URGENT, confidence=1.0, best=best)
    if heard.entries:
        return Answer(row=row, topic=PERSON_TOPIC, confidence=max(sure, 0.5), entries=heard.entries, best=best)
    match read(heard, bands):
        case Sure(topic) | Likely(topic):
            return Answer(row=row, topic=topic, confidence=sure, best=best)
        case Either(topics):
            return Answer(row=row, topic=topics[0], confidence=sure, alternatives=topics, best=best)
    if heard.unknown_name:
        return Answer(row=row, topic=PERSON_TOPIC, confidence=0.5, best=best)
    if heard.wants_person:
        return Answer(row=row, topic=ANYONE_TOPIC, confidence=0.5, best=best)
    return Answer(row=row, topic="", confidence=sure, best=best)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Answers of about the same confidence: how sure they were on average, and how many of them were right."""

    confidence: float
    right: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Shares from 0 to 1, None where there was no such row. `by_kind` and `by_topic` hold share and count."""

    rows: int
    top1: float | None
    top3: float | None
    by_kind: Mapping[str, tuple[float, int]]
    by_topic: Mapping[str, tuple[float, int]]
    confusions: Sequence[tuple[str, str, int]]
    false_accepts: float | None
    ambiguous_asked: float | None
    asked_in_vain: float | None
    urgent_missed: int
    urgent: int
    false_alarms: float | None
    ece: float | None
    reliability: Sequence[Bin] = field(default_factory=tuple)


def report(answers: Sequence[Answer]) -> Report:
    """The figures of all answers."""
    clear = [answer for answer in answers if not answer.row.topic.startswith("_")]
    of = {label: [answer for answer in answers if answer.row.topic == label] for label in (NONE, AMBIGUOUS, URGENT)}
    bins = _reliability(clear)
    counted = sum(bin.count for bin in bins)
    return Report(
        rows=len(answers),
        top1=_share(answer.is_right for answer in clear),
        top3=_share(answer.is_right or answer.row.topic in answer.best for answer in clear),
        by_kind=_by(answers, lambda answer: answer.row.kind),
        by_topic=_by(clear, lambda answer: answer.row.topic),
        confusions=_confusions(clear),
        false_accepts=_share(bool(answer.topic) for answer in of[NONE]),
        ambiguous_asked=_share(bool(answer.alternatives) for answer in of[AMBIGUOUS]),
        asked_in_vain=_share(bool(answer.alternatives) for answer in clear),
        urgent_missed=sum(not answer.is_right for answer in of[URGENT]),
        urgent=len(of[URGENT]),
        false_alarms=_share(answer.topic == URGENT for answer in answers if answer.row.topic != URGENT),
        ece=sum(abs(bin.confidence - bin.right) * bin.count for bin in bins) / counted if counted else None,
        reliability=bins,
    )


def _share(right: Iterable[bool]) -> float | None:
    counted = list(right)
    return sum(counted) / len(counted) if counted else None


def _by(answers: Iterable[Answer], key: Callable[[Answer], str]) -> dict[str, tuple[float, int]]:
    groups: defaultdict[str, list[bool]] = defaultdict(list)
    for answer in answers:
        groups[key(answer)].append(answer.is_right)
    return {name: (sum(right) / len(right), len(right)) for name, right in sorted(groups.items())}


def _confusions(answers: Iterable[Answer]) -> list[tuple[str, str, int]]:
    wrong = Counter((answer.row.topic, answer.topic or NONE) for answer in answers if not answer.is_right)
    return [(meant, heard, count) for (meant, heard), count in wrong.most_common(20)]


def _reliability(answers: Iterable[Answer]) -> tuple[Bin, ...]:
    """Topics that were answered, by confidence; alarms and names have no confidence to be judged."""
    bins: defaultdict[int, list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.topic and answer.topic != URGENT and not answer.entries:
            bins[min(_BINS - 1, int(answer.confidence * _BINS))].append(answer)
    return tuple(
        Bin(
            confidence=sum(answer.confidence for answer in found) / len(found),
            right=sum(answer.is_right for answer in found) / len(found),
            count=len(found),
        )
        for _, found in sorted(bins.items())
    )
