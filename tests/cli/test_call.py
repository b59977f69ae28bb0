"""`ivr call`: a telephone in the terminal."""

import pytest
from click.testing import CliRunner

from ivr.cli.main import ivr
from ivr.simulator.service import LiveCarrier
from tests.kit.town import ACCOUNT, MAIN, TOKEN


def test_without_a_carrier_it_says_how_to_start_one():
    told = CliRunner().invoke(ivr, ["call", "--carrier", "http://127.0.0.1:9"])

    assert told.exit_code == 1
    assert "make demo" in told.output


@pytest.mark.timeout(60)
def test_what_is_heard_is_written_and_q_hangs_up():
    live = LiveCarrier(account_sid=ACCOUNT, auth_token=TOKEN)
    with live.serve() as url:
        live.carrier.number(MAIN, voice_url="http://127.0.0.1:9/voice/incoming")

        told = CliRunner().invoke(ivr, ["call", MAIN, "--carrier", url], input="q\n")

        assert told.exit_code == 0
        assert live.carrier.calls[0].line.is_live is False
