"""Carries out what is ordered of recordings: ours to keep, and gone at the carrier."""

from ivr.adapters.carrier.recordings import RecordingGone
from ivr.adapters.store.orders import ClaimedOrder
from ivr.assembly import Parts
from ivr.dispatcher.failures import NotYet
from ivr.domain.orders import DeleteRecording, FetchRecording
from ivr.operations import messages


def fetch(parts: Parts, claimed: ClaimedOrder, order: FetchRecording) -> None:
    """Bring a recording over to us."""
    try:
        sound = parts.recordings.fetch(order.recording)
    except RecordingGone:
        if not parts.operations.run(messages.sound_missing, order.message):
            raise NotYet from None
        return
    parts.operations.run(messages.keep_sound, order.message, sound)


def delete(parts: Parts, claimed: ClaimedOrder, order: DeleteRecording) -> None:
    """Delete a recording at the carrier."""
    parts.carrier.delete_recording(order.recording)
    if order.message is not None:
        parts.operations.run(messages.deleted_at_carrier, order.message)
