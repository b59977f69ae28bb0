from tests.kit.town import PASSWORD


def test_an_agent_signs_in_and_is_at_the_desk(otto, ali):
    answer = otto.sends("/login", seen_on="/login", username="ali", password=PASSWORD)

    assert answer.url.endswith("/desk")


def test_a_wrong_password_is_told_in_danish_and_the_name_is_kept(otto, ali):
    answer = otto.sends("/login", seen_on="/login", username="ali", password="guess")

    assert answer.status_code == 401
    assert "Brugernavnet eller adgangskoden passer ikke." in answer.text
    assert 'value="ali"' in answer.text


def test_a_sixth_attempt_must_wait(otto, ali):
    for _ in range(5):
        otto.sends("/login", seen_on="/login", username="ali", password="guess")

    answer = otto.sends("/login", seen_on="/login", username="ali", password=PASSWORD)

    assert answer.status_code == 429
    assert "Vent et minut" in answer.text


def test_otto_is_sent_to_sign_in_and_then_to_where_he_wanted(otto, sofie):
    sent = otto.opens("/contacts?day=2026-11-23")
    arrived = otto.sends(
        "/login", seen_on="/login", username="sofie", password=PASSWORD, next="/contacts?day=2026-11-23"
    )

    assert "/login?next=/contacts" in sent.url.replace("%2F", "/")
    assert arrived.url.endswith("/contacts?day=2026-11-23")


def test_nobody_is_led_to_another_site_after_signing_in(otto, ali):
    for elsewhere in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"):
        answer = otto.sends("/login", seen_on="/login", username="ali", password=PASSWORD, next=elsewhere)
        assert "elsewhere" not in answer.url


def test_a_form_from_elsewhere_is_refused_with_a_friendly_page(otto, ali):
    answer = otto.sends("/login", seen_on="/login", csrf=False, username="ali", password=PASSWORD)

    assert answer.status_code == 400
    assert "Siden var for gammel" in answer.text


def test_signing_out_takes_the_agent_off_the_queue_too(town, ali, ali_reads):
    ali.ready()

    ali_reads.sends("/logout", seen_on="/desk")

    assert ali.state == "offline"
    assert "/login" in ali_reads.opens("/desk").url


def test_every_page_has_the_security_headers_and_a_careful_cookie(otto, ali):
    answer = otto.sends("/login", seen_on="/login", username="ali", password=PASSWORD)
    cookie = answer.history[0].headers["Set-Cookie"]

    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_page_that_is_not_there_says_so_in_danish(otto):
    answer = otto.opens("/ingenting")

    assert answer.status_code == 404
    assert "Siden findes ikke" in answer.text
