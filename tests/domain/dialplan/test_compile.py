"""A sound plan becomes the values the engine works with; each part is compared whole."""

from datetime import date, time, timedelta
from pathlib import Path

from ivr.cli.check import load
from ivr.domain.dialplan.compile import compile_plan
from ivr.domain.dialplan.plan import DialPlan
from ivr.domain.dialplan.problem import Severity
from ivr.domain.flow.graph import (
    Department,
    Hold,
    Line,
    Menu,
    Notice,
    Option,
    Speaker,
    Target,
    TargetKind,
    Topic,
    TopicKind,
    Understanding,
)
from ivr.domain.language import Language
from ivr.domain.phone import PhoneNumber
from ivr.domain.routing.callbacks import CallbackPolicy
from ivr.domain.routing.groups import Group, ServiceTarget
from ivr.domain.routing.hours import AROUND_THE_CLOCK, Calendar, ClosingDay, Span
from ivr.domain.speech.confidence import Thresholds
from tests.domain.dialplan import town

DA, EN = Language("da"), Language("en")
MAIN = PhoneNumber("+4572001234")


def compiled(text: str = town.ROUTES) -> DialPlan:
    plan, problems = compile_plan(town.routes(text), town.prompts())
    assert problems == ()
    assert plan is not None
    return plan


def test_a_number_becomes_a_line() -> None:
    assert compiled().flow.lines == {
        MAIN: Line(
            id="main",
            number=MAIN,
            name={DA: "Hovednummeret", EN: "Main number"},
            greeting={DA: "Velkommen til Lillebælt Kommune.", EN: "Welcome to Lillebaelt Municipality."},
            languages=(DA, EN),
            menu="main",
            person_group="omstilling",
            fallback=PhoneNumber("+4572001299"),
            hours="townhall",
        )
    }


def test_a_menu_keeps_its_options_in_the_order_of_their_keys() -> None:
    assert compiled().flow.menus["main"] == Menu(
        id="main",
        options=(
            Option(
                key="1",
                label={DA: "For borgerservice", EN: "For citizen service"},
                target=Target(kind=TargetKind.MENU, id="borgerservice"),
            ),
            Option(
                key="2",
                label={DA: "For affald", EN: "For waste"},
                target=Target(kind=TargetKind.TOPIC, id="affald"),
            ),
            Option(
                key="3",
                label={DA: "For omstillingen", EN: "For the switchboard"},
                target=Target(kind=TargetKind.GROUP, id="omstilling"),
            ),
        ),
    )


def test_topics_carry_what_their_kind_needs() -> None:
    assert compiled().flow.topics == {
        "pas": Topic(
            id="pas",
            kind=TopicKind.LINK,
            group="borgerservice",
            title={DA: "Pas", EN: "Passport"},
            answer={DA: "Du skal møde op. Bestil tid på nettet.", EN: "You must come in person. Book a time online."},
            link={DA: "https://lillebaelt.example/pas", EN: "https://lillebaelt.example/en/passport"},
            skill="pas",
            required_level=2,
        ),
        "affald": Topic(id="affald", kind=TopicKind.ROUTE, group="omstilling", title={DA: "Affald", EN: "Waste"}),
        "bekymring": Topic(
            id="bekymring",
            kind=TopicKind.URGENT,
            group="vagt",
            title={DA: "Bekymring for et barn", EN: "Concern for a child"},
            anonymous=True,
            fallback=PhoneNumber("+4572001288"),
        ),
    }


def test_the_rest_of_the_flow() -> None:
    flow = compiled().flow

    assert (flow.municipality, flow.sms_sender) == (
        {DA: "Lillebælt Kommune", EN: "Lillebaelt Municipality"},
        "Lillebaelt",
    )
    assert flow.speakers == {
        DA: Speaker(language=DA, name="Dansk", carrier_code="da-DK", voice="Google.da-DK-Wavenet-F"),
        EN: Speaker(language=EN, name="English", carrier_code="en-GB", called=("engelsk", "speak english")),
    }
    assert flow.notices == (
        Notice(
            id="mitid-drift",
            text={DA: "MitID er nede.", EN: "MitID is down."},
            topics=frozenset({"pas"}),
            first_day=date(2026, 11, 20),
            last_day=date(2026, 11, 30),
        ),
    )
    assert flow.departments == {
        "raadhuset": Department(id="raadhuset", name={DA: "Rådhuset", EN: "Town hall"}, group="omstilling")
    }
    assert flow.understanding == Understanding(sure=0.8, likely=0.5, margin=0.1, failures=2)
    assert compiled().thresholds == Thresholds(either=0.3)
    assert flow.words == {
        "did_it_help": {DA: "Hjalp {topic}-svaret dig?", EN: "Did the {topic} answer help?"},
        "goodbye": {DA: "Farvel.", EN: "Goodbye."},
    }
    assert flow.group_names["vagt"] == {DA: "Den sociale vagt", EN: "Duty officer"}


def test_a_group_takes_its_settings_from_the_file_and_the_rest_from_its_type() -> None:
    plan = compiled()

    assert plan.calls_per_second == 2
    assert plan.groups["borgerservice"] == Group(
        id="borgerservice",
        name={DA: "Borgerservice", EN: "Citizen Service"},
        hours="townhall",
        target=ServiceTarget(share=0.9, within=timedelta(seconds=30)),
        weight=1.5,
        ring=timedelta(seconds=15),
        wrap_up=timedelta(seconds=60),
        finished_after=timedelta(seconds=30),
        return_within=timedelta(seconds=90),
        callback=CallbackPolicy(offered_from=timedelta(minutes=5), tries=2, pause=timedelta(minutes=10)),
        takes_messages=False,
    )
    assert plan.groups["vagt"] == Group(id="vagt", name={DA: "Den sociale vagt", EN: "Duty officer"}, hours="duty")


def test_how_callers_wait_in_each_group() -> None:
    assert compiled().flow.holds == {
        "omstilling": Hold(),
        "borgerservice": Hold(
            messages=({DA: "Hav din sag ved hånden.", EN: "Have your case at hand."},),
            longest_line=40,
            longest_wait=timedelta(minutes=20),
            callback=CallbackPolicy(offered_from=timedelta(minutes=5), tries=2, pause=timedelta(minutes=10)),
        ),
        "vagt": Hold(),
    }


def test_hours_and_closing_days_become_a_calendar() -> None:
    assert compiled().calendar == Calendar(
        zone="Europe/Copenhagen",
        weeks={
            "always": AROUND_THE_CLOCK,
            "duty": AROUND_THE_CLOCK,
            "townhall": (
                (Span(opens=time(9), closes=time(15)),),
                (Span(opens=time(9), closes=time(12)), Span(opens=time(13), closes=time(17))),
                (),
                (Span(opens=time(8, 30), closes=time(17)),),
                (),
                (),
                (),
            ),
        },
        closing_days=(
            ClosingDay(day=date(2026, 12, 24), reason="Juleaftensdag"),
            ClosingDay(day=date(2027, 6, 5), closes=time(12), reason="Grundlovsdag"),
        ),
        holidays="DK",
    )


def test_null_holidays_are_none_and_the_default_is_denmark() -> None:
    assert compiled(town.ROUTES.replace("holidays: DK", "holidays: null")).calendar.holidays is None
    assert compiled(town.ROUTES.replace("holidays: DK\n", "")).calendar.holidays == "DK"


def test_the_version_changes_with_every_file_that_the_plan_speaks_from() -> None:
    first, _ = compile_plan(town.routes(), town.prompts())
    again, _ = compile_plan(town.routes(town.ROUTES.encode()), town.prompts())
    routes, _ = compile_plan(town.routes(town.ROUTES + "# a comment\n"), town.prompts())
    words, _ = compile_plan(town.routes(), town.prompts(danish=town.DANISH + "# a comment\n"))

    versions = [plan.version for plan in (first, again, routes, words) if plan]

    assert [len(version) for version in versions] == [12] * 4
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def test_what_nobody_is_led_to_is_a_warning_and_the_plan_is_taken() -> None:
    text = town.ROUTES.replace("languages: [da, en]", "languages: [da]")
    text = text.replace("departments:", "  pleje: {name: {da: Pleje, en: Care}, hours: always}\ndepartments:")
    text = text.replace("topic: affald}", "group: omstilling}")

    plan, problems = compile_plan(town.routes(text), town.prompts())

    assert plan is not None
    assert {problem.severity for problem in problems} == {Severity.WARNING}
    assert "".join(f"{problem}\n" for problem in problems) == (
        'routes.yaml:7:3  warning: language "en" is offered on no number.\n'
        "                 Nobody can choose it.\n"
        'routes.yaml:52:3  warning: topic "affald" is on no key that a caller can reach.\n'
        "                  Who cannot or will not speak does not find it.\n"
        'routes.yaml:85:3  warning: nobody sends calls to group "pleje".\n'
        "                  Its agents get transfers only.\n"
    )


def test_prompts_must_be_the_same_set_with_the_same_placeholders_in_every_language() -> None:
    english = 'did_it_help: "Did that help, {name}?"\nhold_on: Hold on.\n'

    plan, problems = compile_plan(town.routes(), town.prompts(english=english))

    assert plan is None
    assert "".join(f"{problem}\n" for problem in problems) == (
        'da.yaml:2:1  prompt "goodbye" has no sentence in "en".\n'
        "             Add it to en.yaml.\n"
        'en.yaml:1:1  prompt "did_it_help" has {name}, but in "da" it has {topic}.\n'
        "             The engine fills the same placeholders in every language.\n"
        'en.yaml:2:1  prompt "hold_on" has no sentence in "da".\n'
        "             Add it to da.yaml.\n"
    )


def test_a_language_without_prompts_is_refused_where_it_is_named() -> None:
    prompts = town.prompts()
    del prompts[EN]

    plan, problems = compile_plan(town.routes(), prompts)

    assert plan is None
    assert "".join(f"{problem}\n" for problem in problems) == (
        'routes.yaml:7:3  language "en" has no sentences: there is no prompts file en.yaml.\n'
        "                 Write one after da.yaml, or take en out of the languages.\n"
    )


def test_the_plan_of_the_example_municipality_has_no_error() -> None:
    plan, problems = load(Path(__file__).parents[3] / "routes.yaml")

    assert [str(problem) for problem in problems if problem.severity is Severity.ERROR] == []
    assert plan is not None
