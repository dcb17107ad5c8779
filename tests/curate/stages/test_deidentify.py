import json
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from curate.stages.deidentify import Deidentify
from curate.stages.verify import Verify
from deid.key import create_key, open_vault
from deid.vault.rows import Table
from schemas.extra import NoteExtra, Section
from schemas.failure import Refusal
from schemas.labels import Label
from schemas.policy import DeidPolicy

PERSONAL = frozenset({"notes"})
PHONE = "98450 12345"
TEXT = f"Patient name: Mrs. Sulochana Deshpande\nPhone: {PHONE}\nMrs Deshpande was given Tab Metformin 500 mg BD."


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    create_key(tmp_path / "vault")
    return tmp_path / "vault"


def test_every_string_of_a_personal_row_is_replaced_alike(part: Callable[..., pa.Table], vault: Path) -> None:
    extra = NoteExtra(
        sections=(Section(label="HISTORY", text="sulochana deshpande has no fever"),), dialogue=f"call {PHONE}"
    )
    row = {"source": "notes", "kind": "note", "text": TEXT, "title": "Sulochana Deshpande", "extra": extra}
    stage = Deidentify(DeidPolicy(), vault, PERSONAL)
    outcome = stage.apply(part(row, {"text": TEXT}), 0, None)
    personal, literature = outcome.kept.to_pylist()
    seen = json.dumps(personal, default=str, ensure_ascii=False).casefold()
    for secret in ("sulochana", "deshpande", PHONE, PHONE.replace(" ", "")):
        assert secret.casefold() not in seen
    assert "Metformin 500 mg BD" in personal["text"]
    made = json.loads(personal["extra"])
    assert made["sections"][0]["label"] == "HISTORY"
    assert made["sections"][0]["text"].endswith("has no fever")
    assert literature["text"] == TEXT, "a source that is not personal passes"
    assert outcome.counts["replaced_PHONE_NUMBER"] == 2
    assert stage.apply(part(row), 0, None).kept["text"].to_pylist() == [personal["text"]]


def test_what_the_policy_keeps_stays_and_is_counted(part: Callable[..., pa.Table], vault: Path) -> None:
    policy = DeidPolicy(operators={Label.PHONE_NUMBER: "keep"})
    row = {"source": "notes", "kind": "note", "text": TEXT}
    outcome = Deidentify(policy, vault, PERSONAL).apply(part(row), 0, None)
    (text,) = outcome.kept["text"].to_pylist()
    assert PHONE in text
    assert outcome.counts["kept_PHONE_NUMBER"] == 1
    assert Verify(policy, PERSONAL).apply(outcome.kept, 0, None).kept.num_rows == 1


def test_no_key_no_surrogate(part: Callable[..., pa.Table], tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="key"):
        Deidentify(DeidPolicy(), tmp_path / "none", PERSONAL).apply(part({"source": "notes"}), 0, None)


def test_verify_holds_back_what_still_shows_a_valid_number(part: Callable[..., pa.Table]) -> None:
    rows = [{"source": "notes", "kind": "note", "text": text} for text in ("Aadhaar 2341 2341 2346", "no number here")]
    outcome = Verify(DeidPolicy(), PERSONAL).apply(part(*rows), 0, None)
    assert outcome.kept["text"].to_pylist() == ["no number here"]
    assert outcome.quarantined.num_rows == 1


def test_the_vault_remembers_what_left_once_and_where_the_policy_says_so(
    part: Callable[..., pa.Table], vault: Path
) -> None:
    rows = [{"source": "notes", "kind": "note", "text": TEXT}]
    Deidentify(DeidPolicy(), vault, PERSONAL).apply(part(*rows), 0, None)
    assert not (vault / "reidentification").exists()
    opened, policy = open_vault(vault), DeidPolicy(reidentification=True)
    for _ in range(2):  # a part that is done again after a kill
        text = Deidentify(policy, opened, PERSONAL).apply(part(*rows), 0, None).kept["text"][0].as_py()
    assert len(list((vault / "reidentification").rglob("*.rows"))) == 1
    phone = re.search(r"Phone: (\S+ \S+)", text)
    assert phone is not None
    assert [row.original for row in Table(opened).find([phone[1]])] == [PHONE]
