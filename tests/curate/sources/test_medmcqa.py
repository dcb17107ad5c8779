import functools
import json
from collections import Counter
from pathlib import Path

import pytest

from curate.sources import medmcqa
from curate.sources.lost_rt import has_lost_rt
from curate.sources.record import Broken

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "medmcqa"


@functools.cache
def real(name):
    if not DATA.is_dir():
        pytest.skip("the real files (../shared/data) are not on this machine")
    return list(medmcqa.read((DATA / name,), None))


def jsonl(*rows):
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def native(cop, exp=None, **more):
    row = {"question": "Which one?", "opa": "Aspirin", "opb": "Warfarin", "opc": "Heparin", "opd": "Clopidogrel"}
    return {**row, "cop": cop, "exp": exp, "subject_name": "S", "topic_name": None, "id": f"q{cop}", **more}


@pytest.mark.parametrize(
    ("name", "rows", "answers"),
    [
        ("validation.jsonl.gz", 2_504, {0: 786, 1: 665, 2: 558, 3: 495}),
        ("test_unlabelled.jsonl.gz", 3_703, {None: 3_703}),
        ("dev_with_ids.jsonl.gz", 1_675, {0: 554, 1: 438, 2: 376, 3: 307}),
        ("native_rows_cop_from_0.jsonl", 3, {2: 1, 3: 1, 0: 1}),
    ],
)
def test_the_real_files(name, rows, answers):
    records = real(name)
    assert len(records) == len({record.doc_id for record in records}) == rows
    assert Counter(record.extra.answer for record in records) == answers
    assert all(len(record.extra.options) == 4 for record in records)
    assert all(("answer_withheld" in record.flags) == (record.extra.answer is None) for record in records)


def test_rows_that_two_files_share_have_the_same_answer():
    """`validation` states numbers, `dev_with_ids` letters: an independent check of the base that was found."""
    letters = {}
    for record in real("dev_with_ids.jsonl.gz"):
        letters.setdefault((record.extra.question.strip(), record.extra.options), set()).add(record.extra.answer)
    numbers = real("validation.jsonl.gz")
    shared = [
        (record, letters[key])
        for record in numbers
        if (key := (record.extra.question.strip(), record.extra.options)) in letters
    ]
    assert len(shared) > 1_600
    assert all(record.extra.answer in answers for record, answers in shared)


def test_one_row_whose_explanation_names_two_options_is_refused():
    (record,) = real("native_row_cop_from_1.jsonl")
    assert isinstance(record, Broken)
    assert record.reason == "answer_base_undecidable"
    assert record.remedy


def test_the_same_row_among_rows_that_prove_the_base(data, read):
    content = (data / "medmcqa" / "native_row_cop_from_1.jsonl").read_bytes().strip() + b"\n" + jsonl(native(4))
    first, last = read("medmcqa", content, "a.jsonl")
    assert first.extra.options[first.extra.answer] == "Leukemoid reaction"
    assert last.extra.answer == 3


def test_the_lost_letters_are_counted():
    def lost(name):
        return sum("lost_rt" in record.flags for record in real(name))

    assert lost("validation.jsonl.gz") >= 41
    assert lost("test_unlabelled.jsonl.gz") >= 101


@pytest.mark.parametrize(
    "text", ["the aery is", "Cailage", "infeility", "an expe said", "first pa of the duodenum", "aoic"]
)
def test_lost_letters_are_seen(text):
    assert has_lost_rt(text)


@pytest.mark.parametrize(
    "text",
    [
        "the artery is",
        "PA view of the chest",
        "STA biopsy",
        "a repository",
        "aerial",
        "the expected",
        "pa",
        "heal",
        "Discomfort",
        "coexist",
    ],
)
def test_whole_words_are_not_damage(text):
    assert not has_lost_rt(text)


def test_native_rows_from_one_and_from_zero(read):
    ones = read("medmcqa", jsonl(native(1), native(4)), "a.jsonl")
    zeros = read("medmcqa", jsonl(native(0), native(3)), "a.jsonl")
    assert [record.extra.answer for record in ones] == [record.extra.answer for record in zeros] == [0, 3]
    assert ones[0].doc_id == "medmcqa:q1"
    assert ones[0].text == "Which one?\n\nA. Aspirin\nB. Warfarin\nC. Heparin\nD. Clopidogrel"


def test_an_undecidable_file_is_refused_row_by_row(read):
    records = read("medmcqa", jsonl(native(1), native(2, "It is heparin"), native(-1)), "a.jsonl")
    assert [getattr(record, "reason", None) for record in records] == ["answer_base_undecidable"] * 2 + [None]
    assert "answer_withheld" in records[2].flags


def test_a_number_that_is_no_option_is_flagged(read):
    records = read("medmcqa", jsonl(native(0), native(7)), "a.jsonl")
    assert records[1].extra.answer is None
    assert "answer_not_among_options" in records[1].flags


def test_letters_are_unglued_only_where_every_choice_has_its_own(read):
    rows = [
        {"question": "Q", "choices": ["A. one", "B. A. lumbricoides", "C.  three", "D. "], "answer": 0},
        {"question": "Q", "choices": ["A. lumbricoides", "B. coli", "E. coli", "T. solium"], "answer": 1},
    ]
    first, second = read("medmcqa", jsonl(*rows), "a.jsonl")
    assert first.extra.options == ("one", "A. lumbricoides", "three", "")
    assert second.extra.options[0] == "A. lumbricoides"


def test_rows_without_ids_get_stable_ones(read):
    row = {"question": "Q", "choices": ["A. a", "B. b"], "answer": 0}
    first, second = read("medmcqa", jsonl(row, row), "a.jsonl")
    (again,) = read("medmcqa", jsonl(row), "b.jsonl")
    assert first.doc_id == again.doc_id
    assert second.doc_id == f"{first.doc_id}-2"


def test_a_broken_row_costs_itself_only(read):
    good = native(0)
    records = read("medmcqa", jsonl(good) + b'{"question": \n' + jsonl({"question": 5}, good), "a.jsonl.gz")
    assert [getattr(record, "reason", "ok") for record in records] == ["ok", "malformed_json", "unexpected_shape", "ok"]
