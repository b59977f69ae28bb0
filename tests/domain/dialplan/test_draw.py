"""The drawings say what the plan says, and nothing of it is left out or drawn over another."""

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ivr.cli.check import load
from ivr.domain.dialplan.compile import compile_plan
from ivr.domain.dialplan.draw import mermaid
from ivr.domain.dialplan.layout import CARD_WIDTH, lay_out
from ivr.domain.dialplan.picture import svg
from ivr.domain.dialplan.plan import DialPlan
from tests.domain.dialplan import town

SVG = "{http://www.w3.org/2000/svg}"


def compiled(text: str = town.ROUTES) -> DialPlan:
    plan, problems = compile_plan(town.routes(text), town.prompts())
    assert plan is not None, [str(problem) for problem in problems]
    return plan


@pytest.fixture(params=["town", "example", "cycle"])
def plan(request: pytest.FixtureRequest) -> DialPlan:
    if request.param == "town":
        return compiled()
    if request.param == "cycle":
        return compiled(town.ROUTES.replace("topic: pas}", "menu: main}"))
    example, _ = load(Path(__file__).parents[3] / "routes.yaml")
    assert example is not None
    return example


def test_mermaid_draws_every_step_from_number_to_group() -> None:
    assert mermaid(compiled()) == (
        "flowchart LR\n"
        '  number_main(["72 00 12 34 Hovednummeret"])\n'
        "  number_main --> menu_main\n"
        "  number_main -- 0 --> group_omstilling\n"
        '  menu_main{{"main"}}\n'
        "  menu_main -- 1 --> menu_borgerservice\n"
        "  menu_main -- 2 --> topic_affald\n"
        "  menu_main -- 3 --> group_omstilling\n"
        '  menu_borgerservice{{"Borgerservice"}}\n'
        "  menu_borgerservice -- 1 --> topic_pas\n"
        "  menu_borgerservice -- 2 --> topic_bekymring\n"
        '  topic_pas["Pas"]:::link\n'
        "  topic_pas --> group_borgerservice\n"
        '  topic_affald["Affald"]:::route\n'
        "  topic_affald --> group_omstilling\n"
        '  topic_bekymring["Bekymring for et barn"]:::urgent\n'
        "  topic_bekymring --> group_vagt\n"
        '  group_omstilling[["Omstillingen"]]\n'
        '  group_borgerservice[["Borgerservice"]]\n'
        '  group_vagt[["Den sociale vagt"]]\n'
        "  classDef link fill:#1b7f4b,color:#ffffff,stroke:#1b7f4b\n"
        "  classDef answer fill:#0b5d7a,color:#ffffff,stroke:#0b5d7a\n"
        "  classDef route fill:#14213d,color:#ffffff,stroke:#14213d\n"
        "  classDef case fill:#b45309,color:#ffffff,stroke:#b45309\n"
        "  classDef urgent fill:#b3261e,color:#ffffff,stroke:#b3261e\n"
        "  classDef directory fill:#5c6475,color:#ffffff,stroke:#5c6475\n"
    )


def test_the_picture_is_well_formed_and_names_every_number_menu_topic_and_group(plan: DialPlan) -> None:
    root = ElementTree.fromstring(svg(plan))

    titles = [title.text or "" for title in root.iter(f"{SVG}title")]
    flow = plan.flow
    things = len(flow.lines) + len(flow.menus) + len(flow.topics) + len(plan.groups)
    assert root.tag == f"{SVG}svg"
    assert len(titles) == 1 + things
    for topic in flow.topics.values():
        title = next(iter(topic.title.values()))
        assert any(said.lower().startswith(f"{title.lower()}: ") for said in titles), title


def test_a_name_with_signs_of_markup_is_drawn_as_it_is() -> None:
    drawing = svg(compiled(town.ROUTES.replace("{da: Affald, en: Waste}", '{da: "Affald <&> \\"glas\\"", en: Waste}')))

    texts = [text.text for text in ElementTree.fromstring(drawing).iter(f"{SVG}text")]
    assert 'Affald <&> "glas"' in texts


def test_no_two_cards_overlap_and_all_stand_inside_the_picture(plan: DialPlan) -> None:
    layout = lay_out(plan)

    cards = [*layout.numbers.values(), *layout.menus.values(), *layout.groups.values()]
    for one, other in combinations(cards, 2):
        apart = one.x != other.x or one.y + one.height <= other.y or other.y + other.height <= one.y
        assert apart
    for card in cards:
        assert card.x >= 0 and card.x + CARD_WIDTH <= layout.width
        assert card.y >= 0 and card.y + card.height <= layout.height


def test_an_option_that_leads_back_is_marked_and_has_no_edge() -> None:
    layout = lay_out(compiled(town.ROUTES.replace("topic: pas}", "menu: main}")))

    assert layout.repeats == {("borgerservice", "1")}
    assert len(layout.edges) == 5
