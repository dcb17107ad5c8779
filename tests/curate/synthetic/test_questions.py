import json
from pathlib import Path
from typing import Any

import pytest

from curate.synthetic.questions import BANK, MEDMCQA_ITEMS, MEDQA_ITEMS, Planted, write_questions
from curate.synthetic.table import rows


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    folder = tmp_path_factory.mktemp("questions")
    return folder, write_questions(folder, 5)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _options(row: dict[str, Any]) -> list[str]:
    return [row["opa"], row["opb"], row["opc"], row["opd"]]


def test_shapes_and_sizes(written: tuple[Path, Planted]) -> None:
    folder, planted = written
    bank, validation = _lines(folder / "medmcqa/train.jsonl"), _lines(folder / "medmcqa/validation.jsonl")
    extra = len(planted.leaked) + len(planted.pictures) + len(planted.repeated)
    assert (len(bank), len(validation)) == (BANK + extra, MEDMCQA_ITEMS)
    for rows_ in (bank, validation):
        assert {row["cop"] for row in rows_} == {0, 1, 2, 3}  # evidence that it counts from 0
        assert len({row["id"] for row in rows_}) == len(rows_)
    test = _lines(folder / "medqa/test.jsonl")
    assert len(test) == MEDQA_ITEMS
    assert all(row["answer"] == row["options"][row["answer_idx"]] for row in test)


def test_options_are_four_different_ones_except_where_planted(written: tuple[Path, Planted]) -> None:
    folder, planted = written
    for row in _lines(folder / "medmcqa/train.jsonl"):
        assert len(set(_options(row))) == (3 if row["id"] in planted.repeated else 4)


def test_exactly_one_option_is_true_by_the_table_of_facts(written: tuple[Path, Planted]) -> None:
    folder, planted = written
    said = {}
    for fact in rows("facts"):
        for one, other in ((fact["subject"], fact["object"]), (fact["object"], fact["subject"])):
            said.setdefault(one.casefold(), set()).add(other.casefold())
        for also in filter(None, fact["also"].split(";")):
            said[fact["subject"].casefold()].add(also.casefold())
    for row in _lines(folder / "medmcqa/train.jsonl"):
        if row["id"] in (*planted.pictures, *planted.repeated):
            continue
        asked = max((name for name in said if name in row["question"].casefold()), key=len)
        true = [at for at, option in enumerate(_options(row)) if option.casefold() in said[asked]]
        assert true == [row["cop"]], row["question"]


def test_the_bank_teaches_nothing_that_is_examined_but_for_the_leaks(written: tuple[Path, Planted]) -> None:
    folder, planted = written
    pair = {row["exp"].split("i.e., ")[1] for row in _lines(folder / "medmcqa/validation.jsonl")}
    details = {text.rsplit(". ", 1)[-1] for text in pair}
    bank = {row["id"]: row["exp"] or "" for row in _lines(folder / "medmcqa/train.jsonl")}
    taught = {name for name, text in bank.items() if text.rsplit(". ", 1)[-1] in details}
    assert taught <= set(planted.leaked)
    assert taught


def test_leaks_hold_the_examination_item_word_for_word(written: tuple[Path, Planted]) -> None:
    folder, planted = written
    asked = [
        row["question"] for name in ("medmcqa/validation", "medqa/test") for row in _lines(folder / f"{name}.jsonl")
    ]
    bank = {row["id"]: row["question"] for row in _lines(folder / "medmcqa/train.jsonl")}
    for name in planted.leaked:
        assert any(bank[name].endswith(question) for question in asked)
        assert len(bank[name].split()) >= 12
    others = [question for name, question in bank.items() if name not in planted.leaked]
    assert not any(question in asked for question in others)


def test_no_fact_stands_twice() -> None:
    facts = rows("facts")
    assert len(facts) >= 120
    assert len({(row["relation"], row["subject"]) for row in facts}) == len(facts)
    assert len({(row["relation"], row["object"]) for row in facts}) == len(facts)
