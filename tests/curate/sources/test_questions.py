import json
from collections import Counter

import pytest

from curate.sources import medqa, pubmedqa


def test_medqa(data):
    records = list(medqa.read((data / "medqa" / "usmle_4options_test.jsonl.gz",), None))
    assert len({record.doc_id for record in records}) == 788
    assert all(record.doc_id.startswith("medqa:") and not record.flags for record in records)
    assert all(record.extra.answer_text == record.extra.options[record.extra.answer] for record in records)
    assert {record.extra.topic for record in records} == {"step1", "step2&3"}
    assert records[0].text.endswith("D. Refuse to dictate the operative report")


def test_mmlu(data):
    records = list(medqa.read((data / "mmlu_medical" / "test.jsonl.gz",), None))
    assert len({record.doc_id for record in records}) == 664
    assert Counter(record.extra.subject for record in records)["professional_medicine"] == 171
    assert records[0].doc_id == "mmlu:102"


def test_pubmedqa(data):
    records = list(pubmedqa.read((data / "pubmedqa" / "ori_pqal_part.json.gz",), None))
    assert len({record.doc_id for record in records}) == 500
    assert Counter(record.extra.options[record.extra.answer] for record in records) == {
        "yes": 276,
        "no": 169,
        "maybe": 55,
    }
    first = records[0]
    assert first.keys == ("pmid:10808977",)
    assert first.extra.context.split("\n\n")[1] == "DESIGN: Three-year randomized field trial."
    assert first.text.startswith("Can tailored interventions increase mammography use among HMO women?\n\nBACKGROUND: ")
    assert first.text.endswith("A. yes\nB. no\nC. maybe")
    assert first.extra.explanation not in first.text


@pytest.mark.parametrize(
    ("change", "flags", "answer"),
    [
        ({}, (), 1),
        ({"answer_idx": "Z"}, ("answer_not_among_options",), None),
        ({"answer_idx": None}, ("answer_withheld",), None),
        ({"answer": "other words"}, ("answer_text_differs",), 1),
        ({"answer_idx": "b "}, (), 1),
    ],
)
def test_what_a_row_says_of_its_answer(read, change, flags, answer):
    row = {"question": "Q", "options": {"B": "two", "A": "one"}, "answer_idx": "B", "answer": "two", **change}
    (record,) = read("medqa", json.dumps(row).encode(), "a.jsonl")
    assert record.extra.options == ("one", "two")
    assert (record.flags, record.extra.answer) == (flags, answer)


@pytest.mark.parametrize(
    "row",
    [{}, {"question": "Q"}, {"question": "Q", "options": {"A": 1}}, {"question": "Q", "options": {"A": "a", "C": "c"}}],
)
def test_a_row_of_another_shape_is_broken(read, row):
    assert read("medqa", json.dumps(row).encode(), "a.jsonl")[0].reason == "unexpected_shape"


def test_pubmedqa_without_decision_or_labels(read):
    members = {
        "1": {"QUESTION": "Q?", "CONTEXTS": ["a", "b"], "LABELS": ["X"]},
        "2": {"QUESTION": "Q?", "CONTEXTS": "a"},
        "3": {"QUESTION": "Q?", "CONTEXTS": [], "final_decision": "perhaps"},
    }
    first, second, third = read("pubmedqa", json.dumps(members).encode(), "a.json")
    assert (first.extra.context, first.flags) == ("a\n\nb", ("answer_withheld",))
    assert second.reason == "unexpected_shape"
    assert third.flags == ("answer_not_among_options",)
