"""Two small examinations and a question bank to learn from, composed from tables/facts.tsv.

Facts are split before any question is written: what the examinations ask about, the bank does not teach. Planted on
purpose: bank rows that repeat examination items, rows whose picture is missing, rows with an option twice.
"""

import dataclasses
import json
import random
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from curate.synthetic.chance import chance
from curate.synthetic.table import rows

BANK: Final = 250
MEDMCQA_ITEMS: Final = 60
MEDQA_ITEMS: Final = 40
HELDOUT_SHARE: Final = 0.3
LEAKED: Final = 8  # of each examination half as many
_LETTERS: Final = "ABCD"
_PICTURES: Final = (
    (
        "Identify the structure marked with an arrow in the image",
        ("Ureter", "Vas deferens", "Inferior vena cava", "Psoas"),
    ),
    ("The instrument shown in the picture below is used for", ("Tracheostomy", "Lumbar puncture", "Biopsy", "Suction")),
    ("Diagnose from the radiograph shown below", ("Pneumothorax", "Hydatid cyst", "Collapse", "Cannon ball lesions")),
    ("What does the given figure show?", ("Anthrax", "Chickenpox", "Scabies", "Lichen planus")),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """One question: four options, `answer` an index from 0."""

    stem: str
    options: tuple[str, ...]
    answer: int
    explanation: str
    subject: str
    topic: str


@dataclasses.dataclass(frozen=True, slots=True)
class Planted:
    """Ids of the bank's rows that have to leave it, by cause."""

    leaked: tuple[str, ...]
    pictures: tuple[str, ...]
    repeated: tuple[str, ...]


def write_questions(folder: Path, seed: int) -> Planted:
    """Write `medmcqa/train.jsonl`, `medmcqa/validation.jsonl` and `medqa/test.jsonl`; gives what was planted."""
    draw = chance(seed, "questions")
    taught, examined = _split(draw)
    bank = _asked(draw, taught, ("forward", "reverse"), BANK)
    validation = _asked(draw, examined, ("exam", "exam_reverse"), MEDMCQA_ITEMS)
    test = _asked(draw, examined, ("vignette",), MEDQA_ITEMS)
    plants = {
        "leaked": [
            _leak(draw, item, number)
            for number, item in enumerate([*draw.sample(validation, LEAKED // 2), *draw.sample(test, LEAKED // 2)])
        ],
        "pictures": [Item(stem, options, 0, "", "Surgery", "Images") for stem, options in _PICTURES],
        "repeated": [_repeated(item) for item in draw.sample(bank, 3)],
    }
    named = [("", _native(draw, item)) for item in bank]
    named += [(cause, _native(draw, item)) for cause, items in plants.items() for item in items]
    draw.shuffle(named)
    _write(folder / "medmcqa" / "train.jsonl", (row for _, row in named))
    _write(folder / "medmcqa" / "validation.jsonl", (_native(draw, item) for item in validation))
    _write(folder / "medqa" / "test.jsonl", (_usmle(item, number) for number, item in enumerate(test)))
    return Planted(**{cause: tuple(row["id"] for name, row in named if name == cause) for cause in plants})


def _split(draw: random.Random) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Facts to teach and facts to examine; each relation gives both."""
    taught, examined = [], []
    for relation in sorted({row["relation"] for row in rows("facts")}):
        facts = [row for row in rows("facts") if row["relation"] == relation]
        draw.shuffle(facts)
        cut = round(len(facts) * HELDOUT_SHARE)
        examined += facts[:cut]
        taught += facts[cut:]
    return taught, examined


def _asked(draw: random.Random, facts: list[dict[str, str]], uses: tuple[str, ...], count: int) -> list[Item]:
    """`count` items out of all wordings of all facts, in an order of chance."""
    pairs = [(fact, wording) for fact in facts for use in uses for wording in _wordings(fact["relation"], use)]
    return [_item(draw, fact, wording) for fact, wording in draw.sample(pairs, count)]


def _item(draw: random.Random, fact: dict[str, str], wording: dict[str, str]) -> Item:
    """A question whose wrong options are answers to other facts of the same relation, never also true of this one."""
    asks = "subject" if "reverse" in wording["use"] else "object"
    others = [
        row[asks]
        for row in rows("facts")
        if row["relation"] == fact["relation"]
        and row["object"] != fact["object"]
        and row["object"] not in fact["also"].split(";")
        and fact["object"] not in row["also"].split(";")
    ]
    options = [fact[asks], *draw.sample(others, 3)]
    draw.shuffle(options)
    answer = options.index(fact[asks])
    told = _fill(draw, _wordings(fact["relation"], "explain")[0]["text"], fact)
    return Item(
        stem=_fill(draw, wording["text"], fact),
        options=tuple(_capital(option) for option in options),
        answer=answer,
        explanation=f"Ans. is '{_LETTERS[answer].lower()}' i.e., {_capital(fact[asks])}. {told} {fact['detail']}",
        subject=wording["subject"],
        topic=wording["topic"],
    )


def _leak(draw: random.Random, item: Item, number: int) -> Item:
    """An examination item as it turns up in a bank: unchanged, or with a lead-in and the options in another order."""
    if number % 2 == 0:
        return item
    options = list(item.options)
    draw.shuffle(options)
    answer = options.index(item.options[item.answer])
    return dataclasses.replace(item, stem=f"Recall: {item.stem}", options=tuple(options), answer=answer)


def _repeated(item: Item) -> Item:
    wrong = (item.answer + 1) % 4
    options = list(item.options)
    options[(item.answer + 2) % 4] = options[wrong]
    return dataclasses.replace(item, options=tuple(options))


def _native(draw: random.Random, item: Item) -> dict[str, Any]:
    """MedMCQA's own fields; `cop` counts from 0, as the dataset hub serves it."""
    return {
        "id": str(uuid.UUID(int=draw.getrandbits(128), version=4)),
        "question": item.stem,
        **{f"op{letter.lower()}": option for letter, option in zip(_LETTERS, item.options, strict=True)},
        "cop": item.answer,
        "choice_type": "single",
        "exp": item.explanation or None,
        "subject_name": item.subject,
        "topic_name": item.topic or None,
    }


def _usmle(item: Item, number: int) -> dict[str, Any]:
    """MedQA's fields (4 options); the step of the examination stands in `meta_info`."""
    return {
        "realidx": number,
        "question": item.stem,
        "answer": item.options[item.answer],
        "options": dict(zip(_LETTERS, item.options, strict=True)),
        "meta_info": item.subject,
        "answer_idx": _LETTERS[item.answer],
        "metamap_phrases": [],
    }


def _wordings(relation: str, use: str) -> list[dict[str, str]]:
    return [row for row in rows("questions") if row["relation"] == relation and row["use"] == use]


def _fill(draw: random.Random, text: str, fact: dict[str, str]) -> str:
    return text.format(
        s=fact["subject"],
        S=_capital(fact["subject"]),
        o=fact["object"],
        O=_capital(fact["object"]),
        age=draw.randint(21, 79),
        age_child=draw.randint(2, 9),
        person=draw.choice(("man", "woman", "farmer", "teacher", "shopkeeper")),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _write(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
