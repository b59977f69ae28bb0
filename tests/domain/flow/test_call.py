"""Coming moments, as people say them."""

from datetime import datetime

import pytest

from ivr.domain.flow.call import Call
from ivr.domain.flow.machine import begin
from tests.domain.flow.town import DA, DAYTIME, EN, FLOW, LINE, NOW


@pytest.mark.parametrize(
    ("moment", "danish", "english"),
    [
        ("2026-11-23T15:00", "klokken 15", "15:00"),
        ("2026-11-23T15:05", "klokken 15:05", "15:05"),
        ("2026-11-24T09:00", "i morgen klokken 9", "tomorrow at 9:00"),
        ("2026-11-24T00:00", "i morgen", "tomorrow"),
        ("2026-11-29T09:30", "søndag klokken 9:30", "Sunday at 9:30"),
        ("2026-11-27T00:00", "fredag", "Friday"),
        ("2026-11-30T09:00", "mandag den 30. november klokken 9", "Monday, 30 November at 9:00"),
        ("2027-01-04T00:00", "mandag den 4. januar", "Monday, 4 January"),
        ("2026-11-22T08:00", "klokken 8", "8:00"),
    ],
)
def test_a_moment_is_said_as_near_as_it_is(moment, danish, english):
    call = Call(flow=FLOW, state=begin(LINE), facts=DAYTIME)
    local = datetime.fromisoformat(moment).replace(tzinfo=NOW.tzinfo)

    assert call.moment(local) == danish
    assert call.changing(language=EN).moment(local) == english


def test_what_is_the_first_language_of_a_number_greets():
    assert begin(LINE).language == DA
