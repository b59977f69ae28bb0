from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from ivr.web.pages import languages


def test_english_is_chosen_in_the_header_and_remembered(ali_reads):
    danish = ali_reads.opens("/desk").text
    english = ali_reads.opens("/language/en?next=/desk").text
    remembered = ali_reads.opens("/desk").text

    assert '<html lang="da">' in danish
    assert "Du er logget af" in danish
    assert '<html lang="en">' in english
    assert "You are signed off" in remembered


def test_the_choice_leads_nowhere_else(otto):
    answer = otto.opens("/language/en?next=https://elsewhere.example", follow=False)

    assert answer.headers["Location"] == "/"


def test_every_danish_sentence_stands_in_the_english_catalogue_with_its_blanks():
    with (languages._FOLDER / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        english = {message.id: message for message in read_po(file)}
    templates = languages._FOLDER.parent / "templates"
    found = {message for _, _, message, _, _ in extract_from_dir(templates, [("**.html", "jinja2")])}

    assert sorted(str(message) for message in found - set(english)) == []
    assert [message.id for message in english.values() if message.id and not message.string] == []
    assert [error for message in english.values() for error in message.check()] == []
