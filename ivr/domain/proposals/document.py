"""Proposals as a file in the grammars' own form, for the operator to read and take from; nothing reads it by itself."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ProposalState(StrEnum):
    OPEN = "open"
    EXPORTED = "exported"
    WITHDRAWN = "withdrawn"  # its phrase is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedPhrase:
    """A phrase, and who proposed it for which topic; `day` is local."""

    topic: str
    phrase: str
    by: str
    day: date


def document(
    language: str,
    proposals: Iterable[ProposedPhrase],
    *,
    known: Mapping[str, Collection[str]],
    topics: Collection[str],
    today: date,
) -> str:
    """The file. `known` gives the topics under which the grammar has a phrase, `topics` are those of the plan.

    What must not be taken as it stands is commented out, with the reason.
    """
    by_topic: dict[str, list[ProposedPhrase]] = {}
    for proposal in sorted(proposals, key=lambda one: (one.topic, one.phrase)):
        by_topic.setdefault(proposal.topic, []).append(proposal)
    lines = [
        f"# Proposals for the grammar of {language}, made {today}: what callers said, and what supervisors say it means.",
        "# Nothing of this is in use. Read each phrase for names, take what is good into the grammars, and try: ivr check",
    ]
    for topic, phrases in by_topic.items():
        why_not = {one.phrase: _why_not(one, known, topics) for one in phrases}
        # A name without a phrase under it would be refused.
        lines += ["", f"{topic}:" if None in why_not.values() else f"# {topic}:"]
        for one in phrases:
            reason = why_not[one.phrase]
            written = f"- {json.dumps(one.phrase, ensure_ascii=False)}"
            lines.append(f"  # {one.by}, {one.day}" + (f": {reason}" if reason else ""))
            lines.append(f"  # {written}" if reason else f"  {written}")
    return "\n".join(lines) + "\n"


def _why_not(proposal: ProposedPhrase, known: Mapping[str, Collection[str]], topics: Collection[str]) -> str | None:
    if proposal.topic not in topics:
        return "the plan has no such topic any more"
    stands = known.get(proposal.phrase, ())
    if proposal.topic in stands:
        return "stands in the grammar already"
    if stands:
        return f"stands in the grammar under {', '.join(sorted(stands))}; one phrase cannot mean two topics"
    return None
