import json

import pytest

from audit import log
from audit.keys import PUBLIC_KEY, Verifier, create_signing_key
from curate.reidentify import MOST, read_values, reidentify
from deid.cipher import Cipher
from deid.key import NAME, create_key, open_vault
from deid.vault.rows import Row, Table
from schemas.failure import Failure, Refusal
from schemas.labels import Label

WHO = ("dr.rao@hospital.example", "treatment")


@pytest.fixture
def places(tmp_path):
    """(vault, audit) with both keys and two patients whose names got one surrogate."""
    vault, audit_dir = tmp_path / "vault", tmp_path / "audit"
    create_signing_key(vault, audit_dir, "hospital.example/shodhan")
    create_key(vault)
    Table(open_vault(vault)).add(
        {Row("notes:a", "PERSON", "Meena Rao", "Vimala"), Row("notes:b", "PERSON", "Meena Rao", "Kamala")}
    )
    return vault, audit_dir


def entries(audit_dir):
    return log.verify(audit_dir, Verifier.load(audit_dir / PUBLIC_KEY)).entries


def test_logged_and_then_found(places):
    vault, audit_dir = places
    encrypted = Cipher(open_vault(vault).key).encrypt(Label.PHONE_NUMBER, "notes:a", "98765 43210")
    looked = reidentify(["Meena Rao", encrypted, "nobody"], *places, *WHO)
    assert [row.original for row in looked.rows] == ["Vimala", "Kamala", "98765 43210"]
    assert looked.unknown == 1
    entry = entries(audit_dir)[looked.log_index]
    assert entry.event == "deid.reidentified"
    assert (entry.access.who, entry.access.why) == WHO
    assert len(entry.access.asked) == entry.counts["asked"] == 3
    written = (audit_dir / "entries.jsonl").read_text()
    assert not [each for each in ("Meena", "Vimala", encrypted[14:-1], "nobody", "43210") if each in written]


def test_of_one_record(places):
    looked = reidentify(["Meena Rao"], *places, *WHO, "notes:b")
    assert [row.original for row in looked.rows] == ["Kamala"]
    assert entries(places[1])[0].access.subject == "notes:b"


def test_the_same_question_has_the_same_tokens_and_its_own_entry(places):
    for each in ("Meena Rao", "meena  rao"):
        reidentify([each], *places, *WHO)
    one, two = entries(places[1])
    assert one.access == two.access


def test_without_a_log_nothing_is_looked_up(places, monkeypatch):
    def never(*_):
        raise AssertionError("looked up")

    monkeypatch.setattr(Table, "find", never)
    monkeypatch.setattr(Cipher, "decrypt", never)
    vault, audit_dir = places
    with pytest.raises(Refusal, match="no public key"):
        reidentify(["Meena Rao"], vault, audit_dir.parent / "none", *WHO)
    (vault / "signing.pem").rename(vault / "gone.pem")
    with pytest.raises(Refusal, match="no signing key"):
        reidentify(["Meena Rao"], *places, *WHO)
    (vault / "gone.pem").rename(vault / "signing.pem")
    (vault / NAME).rename(vault / "gone.key")
    with pytest.raises(Refusal, match="no pseudonym key"):
        reidentify(["Meena Rao"], *places, *WHO)
    (vault / "gone.key").rename(vault / NAME)
    reidentify_fails = pytest.raises(AssertionError, match="looked up")
    with reidentify_fails:
        reidentify(["Meena Rao"], *places, *WHO)
    assert len(entries(audit_dir)) == 1  # it was told before the look that failed
    with (audit_dir / "entries.jsonl").open("r+b") as file:
        file.truncate(10)
    with pytest.raises(Refusal, match="log"):
        reidentify(["Meena Rao"], *places, *WHO)


@pytest.mark.parametrize(
    ("who", "why", "subject", "said"),
    [
        ("Dr Vimala Rao", "treatment", None, "--who"),
        ("dr.rao", "because of Vimala", None, "--why: one of treatment"),
        ("dr.rao", "treatment", "Vimala Rao", "--subject"),
    ],
)
def test_free_text_has_no_place_in_the_log(places, who, why, subject, said):
    with pytest.raises(Failure, match=said) as raised:
        reidentify(["Meena Rao"], *places, who, why, subject)
    assert "Vimala" not in str(raised.value)
    assert not (places[1] / "entries.jsonl").exists()


def test_too_many_or_none(places):
    for asked in ([], ["x"] * (MOST + 1)):
        with pytest.raises(Failure, match="values"):
            reidentify(asked, *places, *WHO)


def test_values_are_lines():
    assert read_values(" Meena Rao \r\n\n[PERSON:abc]\n") == ["Meena Rao", "[PERSON:abc]"]


def test_a_table_that_was_changed_is_refused_and_was_logged(places):
    path = next((places[0] / "reidentification").rglob("*.rows"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Refusal, match="truncated or changed"):
        reidentify(["Meena Rao"], *places, *WHO)
    assert json.loads((places[1] / "entries.jsonl").read_text())["access"]["why"] == "treatment"
