"""Whether a link may be offered and sent: as help, once per topic, and never to whom it would be a push.

Not for urgent matters, not to callers exempt from digital post, not about topics that leave no trace of a number, and not
about those known from an earlier call of the same number alone.
"""

from ivr.domain.flow.call import Call
from ivr.domain.flow.facts import Texting
from ivr.domain.flow.graph import TopicKind


def may_send(call: Call) -> bool:
    """Whether the link of the caller's topic may be sent if the caller asks for it."""
    topic = call.topic
    return (
        topic is not None
        and bool(topic.link.get(call.state.language))
        and topic.kind is not TopicKind.URGENT
        and not topic.anonymous
        and not call.state.recalled
        and call.facts.texting is not Texting.NEVER
        and topic.id not in call.state.links_sent
    )


def may_offer(call: Call) -> bool:
    """Whether it may be offered unasked: not again to somebody who has said no."""
    return may_send(call) and call.state.topic not in call.state.links_declined
