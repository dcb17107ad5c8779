import pytest

from deid.tables.cells import Cells
from schemas.columns import Identifier
from schemas.labels import Label
from schemas.policy import DeidPolicy

KEY = bytes(32)


def column(operator: str, **more) -> Identifier:
    return Identifier(role="identifier", label=Label.PERSON, operator=operator, **more)


@pytest.mark.parametrize(("operator", "made"), [("redact", "[PERSON]"), ("tag", "[PERSON_1]"), ("keep", "Asha Rao")])
def test_operators_are_those_of_texts(operator, made):
    assert Cells(KEY, DeidPolicy()).identifiers(["Asha Rao", None, " "], ["1", "1", "1"], column(operator), "name") == [
        made,
        None,
        " ",
    ]


def test_tokens_are_shared_within_a_kind_and_nowhere_else():
    cells = Cells(KEY, DeidPolicy())
    made = [
        cells.identifiers([" 77 "], ["1"], column("token"), "order_id"),
        cells.identifiers(["77"], ["2"], column("token", kind="order_id"), "stopped_by"),
        cells.identifiers(["77"], ["1"], column("token"), "stay_id"),
    ]
    assert made[0] == made[1] != made[2]
    assert Cells(bytes(31) + b"1", DeidPolicy()).identifiers(["77"], ["1"], column("token"), "order_id") != made[0]


def test_a_name_has_one_surrogate_in_a_record_and_by_policy_everywhere():
    asked = (["Asha Rao"] * 3, ["1", "1", "2"], column("surrogate"), "name")
    one, again, other = Cells(KEY, DeidPolicy()).identifiers(*asked)
    assert one == again != other
    assert len(set(Cells(KEY, DeidPolicy(scope="dataset")).identifiers(*asked))) == 1


def test_what_the_row_knows_is_found_in_its_text():
    text = "seen by nobody; called bubbly moonbeam at home"
    known = ((Label.PERSON, "Bubbly Moonbeam"),)
    cells = Cells(KEY, DeidPolicy(default="redact"))
    found = cells.texts([text, None, ""], ["1"] * 3, [known] * 3)
    assert found[0].text == "seen by nobody; called [PERSON] at home"
    assert found[1:] == [None, None]
