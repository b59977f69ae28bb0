"""All resources of the JSON API, in one visible table."""

from apiflask import APIBlueprint

from ivr.assembly import Parts
from ivr.web.api import contacts, conversation, groups, lessons, login, me, messages, notices, proposals, queues, stats
from ivr.web.api.board import LiveBoard

PREFIX = "/api/v1"


def blueprints(parts: Parts, board: LiveBoard) -> tuple[APIBlueprint, ...]:
    """One blueprint per resource."""
    return (
        login.blueprint(parts),
        me.blueprint(parts),
        contacts.blueprint(parts, board),
        conversation.blueprint(parts),
        messages.blueprint(parts),
        queues.blueprint(parts, board),
        notices.blueprint(parts, board),
        groups.blueprint(parts, board),
        stats.blueprint(parts, board),
        lessons.blueprint(parts, board),
        proposals.blueprint(parts),
    )
