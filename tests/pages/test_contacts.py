from urllib.parse import quote

import pytest

from tests.pages.conftest import talks


def test_the_log_shows_the_day_with_masked_numbers_and_leads_to_the_story(town, ali, sofie_reads):
    call = talks(town, ali)
    town.wait(30)
    call.hang_up()
    town.wait(2)
    ali.wraps_up("no", topic="byggesag", reason="needs_caseworker", note="Ringer igen mandag")

    log = sofie_reads.opens("/contacts?day=2026-11-23&group=omstilling&outcome=not_settled").text
    story = sofie_reads.opens(f"/contacts/{town.contact().id}").text

    assert "+45…51" in log
    assert "20 30 40 51" not in log
    assert f"/contacts/{town.contact().id}" in log
    assert "Ikke afsluttet" in log
    assert "20 30 40 51" in story
    assert "Borgeren ringede op" in story
    assert "Ali fik opkaldet som den eneste ledige, der kunne tage det." in story
    assert "Nej · Skal til sagsbehandler" in story
    assert "Ringer igen mandag" in story


def test_a_day_without_contacts_says_so(sofie_reads):
    assert "Ingen henvendelser." in sofie_reads.opens("/contacts?day=2026-11-20").text


@pytest.mark.parametrize("day", ["i går", "2026-13-99", "9999-12-31", "0001-01-01"])
def test_nonsense_for_a_day_is_told_and_is_today(sofie_reads, day):
    shown = sofie_reads.opens(f"/contacts?day={quote(day)}").text

    assert f"»{day}« er ikke en dag. Her er i dag." in shown
    assert "Mandag den 23. november 2026" in shown


def test_a_group_and_an_outcome_that_are_not_there_are_told_and_left_out(town, ali, sofie_reads):
    talks(town, ali)

    shown = sofie_reads.opens("/contacts?group=nix&outcome=nothing").text
    known = sofie_reads.opens("/contacts?day=2026-11-23&group=omstilling").text

    assert "Der er ingen gruppe »nix«. Her er alle grupper." in shown
    assert "Der er intet udfald »nothing«. Her er alle udfald." in shown
    assert f"/contacts/{town.contact().id}" in shown
    assert 'role="alert"' not in known


def test_an_agent_may_not_read_the_log(ali_reads):
    assert ali_reads.opens("/contacts").status_code == 403


def test_otto_is_sent_to_sign_in(otto):
    assert "/login" in otto.opens("/contacts").url
    assert "/login" in otto.opens("/contacts/0190a1b2-0000-7000-8000-000000000000").url
