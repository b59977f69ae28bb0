"""The turns of an agent's line: the whisper, the key that takes the call, the way into the room."""

from ivr.adapters.store import legs
from ivr.adapters.store.contacts import Contact
from ivr.adapters.store.legs import Leg
from ivr.domain.flow.actions import Ask, HangUp, Meet, Spoken
from ivr.domain.flow.events import Event, Pressed
from ivr.domain.flow.graph import Topic, TopicKind
from ivr.domain.heard import Words
from ivr.domain.routing.engagements import EngagementState
from ivr.operations import callback_lines
from ivr.operations import engagements as offers
from ivr.operations.lines import meeting_of
from ivr.operations.work import Work

_ACCEPTS = "1"
_SIP = ("sip:", "sips:")
_WHISPER_SECONDS = 6


def act(work: Work, contact: Contact, leg: Leg, given: Event | Words | None) -> tuple[Spoken, ...]:
    meeting = meeting_of(work, leg)
    if meeting is None or meeting.engagement.state not in (EngagementState.RINGING, EngagementState.ACCEPTED):
        return (offers.words(work, contact, "talk_over"), HangUp())
    if meeting.engagement.state is EngagementState.ACCEPTED:
        return _room(work, meeting)
    has_just_answered = leg.turn == 0
    if has_just_answered:
        offers.whispers(work, meeting)
    needs_no_key = meeting.engagement.desk_accepted_at is not None or _is_trusted(work, meeting)
    if needs_no_key or given == Pressed(_ACCEPTS):
        offers.accept(work, meeting)
        return _room(work, meeting)
    if has_just_answered:
        return (whisper(work, meeting),)
    offers.end_offer(work, meeting, EngagementState.NO_ANSWER)
    return (offers.words(work, contact, "offer_gone"), HangUp())


def _is_trusted(work: Work, meeting: offers.Meeting) -> bool:
    """Whether picking up is enough: a telephone's voicemail or a pocket picks up as well, the house's own devices do not."""
    return offers.group_of(work, meeting).trusts_sip and meeting.agent.device.startswith(_SIP)


def _room(work: Work, meeting: offers.Meeting) -> tuple[Spoken, ...]:
    # The line that was planned when the offer was accepted, perhaps a moment ago.
    citizen = legs.citizen(work.db, meeting.contact.id)
    is_called = callback_lines.is_to_be_rung(meeting.entry, citizen)
    connecting = offers.words(work, meeting.contact, "calling_citizen" if is_called else "connecting")
    return (Meet(contact=meeting.contact.id, leg=meeting.agent_leg.id, anchor=True, say=(connecting,)),)


def whisper(work: Work, meeting: offers.Meeting) -> Ask:
    """What the agent hears before taking the call: the topic and nothing of the person."""
    loaded = work.plans.version(work.db, meeting.contact.plan_version)
    language = loaded.line(meeting.contact.line).languages[0]
    topic = loaded.plan.flow.topics.get(meeting.contact.topic or "")
    if topic is None:
        group = offers.group_of(work, meeting).name[language]
        occasion = "whisper_callback_no_topic" if _is_callback(meeting) else "whisper_no_topic"
        say = offers.words(work, meeting.contact, occasion, group=group)
    else:
        say = offers.words(work, meeting.contact, _occasion(meeting, topic), topic=topic.title[language])
    return Ask(say=(say,), language=language, seconds=_WHISPER_SECONDS)


def _occasion(meeting: offers.Meeting, topic: Topic) -> str:
    if _is_callback(meeting):
        return "whisper_callback"
    return "whisper_urgent" if topic.kind is TopicKind.URGENT else "whisper"


def _is_callback(meeting: offers.Meeting) -> bool:
    return callback_lines.is_to_be_rung(meeting.entry, meeting.citizen)
