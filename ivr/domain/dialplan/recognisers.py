"""Where a plan says who hears each language: for whoever has to point at the place, or write something else there."""

from ivr.domain.dialplan import document
from ivr.domain.dialplan.document import Mapping, Scalar, Source
from ivr.domain.dialplan.problem import Report
from ivr.domain.language import Language


def recognisers(source: Source) -> dict[Language, Scalar]:
    """What the plan says of each language; one that says nothing is the carrier's."""
    plan = document.read(source, Report())
    languages = plan.get("languages") if plan is not None else None
    if not isinstance(languages, Mapping):
        return {}
    chosen = {
        Language(entry.key): entry.value.get("recogniser")
        for entry in languages.entries
        if isinstance(entry.value, Mapping)
    }
    return {language: node for language, node in chosen.items() if isinstance(node, Scalar)}
