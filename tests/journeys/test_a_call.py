"""Whole stories: a citizen calls, and what becomes of it."""


def test_a_passport_by_speech_is_answered_with_a_link_and_the_caller_is_helped(town):
    call = town.calls()
    call.hears("Velkommen til Lillebælt Kommune")
    call.say("jeg skal have nyt pas")
    call.hears("link på sms")
    call.press("1")
    call.hears("Linket er på vej")
    call.hears("Fik du hjælp")
    call.press("1")
    call.hears("Tak for opkaldet")
    call.ends()
    town.wait(5)

    phone = town.carrier.phone("+4520304059")
    assert len(phone.inbox) == 1
    assert "/l/" in phone.inbox[0].text
    assert town.contact().outcome == "link_sent"
    town.is_tidy()


def test_a_caller_by_key_reaches_an_agent_who_settles_the_matter(town):
    ali = town.agent("ali", groups="borgerservice", skills="pas:3").ready()
    call = town.calls()
    call.hears("Tast 1")
    call.press("0")
    call.hears("kø")
    town.wait(3)
    ali.wishes("break")
    omar = town.agent("omar", groups="omstilling").ready()
    agent_line = omar.takes()
    call.joins_conference()
    assert town.carrier.talks(call, agent_line)
    town.wait(30)
    call.hang_up()
    town.wait(2)
    assert omar.state == "wrap_up"
    omar.wraps_up("yes", topic="pas")
    assert omar.state == "ready"
    assert town.contact().outcome == "settled_by_agent"
    town.is_tidy()
