"""What an agent is rung on: any telephone needs a key or the desk; a `sip:` device may be trusted by its group."""

import pytest

from ivr.operations import dialplan
from tests.kit.town import Desk, Town, hire, sources

SIP, BROWSER = "sip:ali@pbx.lillebaelt.example", "client:ali"


@pytest.fixture
def trusting_house(town: Town) -> Town:
    """The switchboard trusts its `sip:` devices."""
    plan = dict(sources())
    before, switchboard = plan["routes.yaml"].split("\n  omstilling:\n")
    town.wait(1)  # of two plans that are taken up in the same moment neither is the later one
    changed = f"{before}\n  omstilling:\n    trusts_sip: true\n{switchboard}"
    town.operations.run(dialplan.take_up, plan | {"routes.yaml": changed})
    return town


def ali_at(town: Town, device: str) -> Desk:
    town.operations.run(hire, "ali", device, "omstilling")
    return Desk(town, "ali", town.carrier.phone(device)).sign_in().ready()


def test_a_trusted_sip_device_takes_the_call_by_picking_up(trusting_house):
    ali = ali_at(trusting_house, SIP)
    karen = trusting_house.calls()
    karen.press("0")

    line = ali.phone.rings(15).answer()
    line.joins_conference()
    karen.joins_conference()

    assert trusting_house.carrier.talks(karen, line)
    assert ali.state == "talking"


@pytest.mark.parametrize("device", [SIP, BROWSER])
def test_any_other_device_needs_the_key(town, device):
    ali = ali_at(town, device)
    karen = town.calls()
    karen.press("0")

    line = ali.takes()

    karen.joins_conference()
    assert town.carrier.talks(karen, line)


def test_in_a_house_that_trusts_sip_a_browser_still_needs_the_desk(trusting_house):
    ali = ali_at(trusting_house, BROWSER)
    karen = trusting_house.calls()
    karen.press("0")

    line = ali.phone.rings(15).answer()
    line.hears("Tast 1")
    ali.does("accept", ali.pop["id"])

    line.joins_conference()
    karen.joins_conference()
    assert trusting_house.carrier.talks(karen, line)
