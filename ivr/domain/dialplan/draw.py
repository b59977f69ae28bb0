"""The call flow as Mermaid text, for documents and wikis. For the wall there is `picture.py`."""

from collections.abc import Iterator

from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.flow.graph import TargetKind, TopicKind
from ivr.domain.language import Language, Text

# Ink, sea, sand, amber, red and green of the house; a kind is also told by its word, never by colour alone.
COLOURS = {
    TopicKind.LINK: "#1b7f4b",
    TopicKind.ANSWER: "#0b5d7a",
    TopicKind.ROUTE: "#14213d",
    TopicKind.CASE: "#b45309",
    TopicKind.URGENT: "#b3261e",
    TopicKind.DIRECTORY: "#5c6475",
}


def mermaid(plan: DialPlan) -> str:
    """A flowchart from number to group, in the language that the first number greets in."""
    return "\n".join(["flowchart LR", *(f"  {line}" for line in _lines(plan))]) + "\n"


def language_of(plan: DialPlan) -> Language:
    """The language a drawing speaks: the first of the first number."""
    return next(iter(plan.flow.lines.values())).languages[0]


def _lines(plan: DialPlan) -> Iterator[str]:
    language = language_of(plan)
    for line in plan.flow.lines.values():
        yield f"number_{_id(line.id)}([{_quoted(f'{line.number.shown()} {line.name[language]}')}])"
        yield f"number_{_id(line.id)} --> menu_{_id(line.menu)}"
        yield f"number_{_id(line.id)} -- 0 --> group_{_id(line.person_group)}"
    for menu in plan.flow.menus.values():
        yield f"menu_{_id(menu.id)}{{{{{_quoted(_title(menu.title, language, menu.id))}}}}}"
        for option in menu.options:
            kind = option.target.kind
            yield f"menu_{_id(menu.id)} -- {option.key} --> {_PREFIX[kind]}_{_id(option.target.id)}"
    for topic in plan.flow.topics.values():
        yield f"topic_{_id(topic.id)}[{_quoted(topic.title[language])}]:::{topic.kind}"
        yield f"topic_{_id(topic.id)} --> group_{_id(topic.group)}"
    for group in plan.groups.values():
        yield f"group_{_id(group.id)}[[{_quoted(group.name[language])}]]"
    for kind_of_topic, colour in COLOURS.items():
        yield f"classDef {kind_of_topic} fill:{colour},color:#ffffff,stroke:{colour}"


_PREFIX = {TargetKind.MENU: "menu", TargetKind.TOPIC: "topic", TargetKind.GROUP: "group"}


def _id(name: str) -> str:
    # Mermaid reads "a--b" as an edge; a hyphen is spelled so that "a-b" and "a_b" stay apart.
    return name.replace("_", "__").replace("-", "_h")


def _title(text: Text, language: Language, otherwise: str) -> str:
    return text.get(language, "").rstrip(".") or otherwise


def _quoted(text: str) -> str:
    return '"' + text.replace("&", "#amp;").replace('"', "#quot;") + '"'
