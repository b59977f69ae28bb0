import io
import wave

from ivr.adapters.store import processes


def test_the_process_is_up(otto):
    assert otto.opens("/healthz").json() == {"status": "ok"}


def test_ready_means_database_migrations_and_a_living_dispatcher(town, otto):
    with town.engine.begin() as db:
        processes.seen(db, "dispatcher", town.clock.now())
    alive = otto.opens("/readyz")
    town.is_dispatching = False
    town.wait(11)
    silent = otto.opens("/readyz")

    assert (alive.status_code, alive.json()["status"]) == (200, "ok")
    assert silent.status_code == 503
    assert silent.json()["checks"] == {"database": True, "migrations": True, "dispatcher": False}


def test_what_is_counted_can_be_scraped(town, otto):
    town.calls().hears("Velkommen")

    metrics = otto.opens("/metrics").text

    assert 'ivr_contacts_today{outcome="open"} 1.0' in metrics
    assert 'ivr_queue_waiting{group="omstilling"} 0.0' in metrics
    assert 'ivr_webhook_seconds_count{status="200",webhook="voice.incoming"} 1.0' in metrics


def test_the_waiting_music_is_short_and_made_for_a_telephone_line(otto):
    answer = otto.opens("/static/music/waiting.wav")

    with wave.open(io.BytesIO(answer.content)) as music:
        assert (music.getframerate(), music.getnchannels(), music.getsampwidth()) == (8000, 1, 2)
        assert 20 <= music.getnframes() / 8000 <= 24
    assert len(answer.content) < 400_000
