import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import merkle, note, proof
from audit.keys import Signer, Verifier
from schemas.failure import Refusal

ORIGIN = "log.example/audit"
VKEY = "log.example/audit+86617d36+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
CHECKPOINT = (
    "log.example/audit\n5\nGqaNMHSQWlgfhMu9D3U3lJBP2ARRvEwT5p2aU7xZUCw=\n\n— log.example/audit "
    "hmF9NmOiZETX5e6H2aa1rTIE7oB4qhyL+FGxPTE1BLr8UzhfsT5sJhN7CnmObp3vLBKhxAVm9XmoM1Pf6/tO8emp/gE=\n"
)
LEAVES = [merkle.leaf_hash(f"entry-{i}".encode()) for i in range(5)]


@pytest.fixture
def signer(tmp_path):
    return Signer(tmp_path, ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@pytest.fixture
def verifier():
    return Verifier.parse(VKEY)


def test_the_known_checkpoint_comes_out_bit_for_bit(signer):
    checkpoint = note.Checkpoint(ORIGIN, 5, merkle.root(LEAVES))
    assert note.sign_checkpoint(checkpoint, signer) == CHECKPOINT
    assert signer.verifier.vkey == VKEY


def test_the_known_checkpoint_opens(verifier):
    assert note.open_checkpoint(CHECKPOINT.encode(), verifier) == note.Checkpoint(ORIGIN, 5, merkle.root(LEAVES))
    assert verifier.vkey == VKEY


def test_any_flipped_bit_of_a_checkpoint_is_refused(verifier):
    data = CHECKPOINT.encode()
    for i in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[i] ^= 1 << bit
            with pytest.raises(Refusal):
                note.open_checkpoint(bytes(flipped), verifier)


def test_any_cut_or_longer_checkpoint_is_refused(verifier):
    data = CHECKPOINT.encode()
    for bad in [data[:i] for i in range(len(data))] + [data + b"\n", b"\n" + data, data + data]:
        with pytest.raises(Refusal):
            note.open_checkpoint(bad, verifier)


def test_any_flipped_bit_of_a_key_is_refused():
    for i in range(len(VKEY)):
        for bit in range(7):
            flipped = VKEY[:i] + chr(ord(VKEY[i]) ^ 1 << bit) + VKEY[i + 1 :]
            with pytest.raises(Refusal):
                Verifier.parse(flipped)


@pytest.mark.parametrize("data", [b"\x02" + bytes(32), b"\x01" + bytes(31), b"\x01" + bytes(33), b""])
def test_a_key_of_another_kind_is_refused(data):
    kid = note.key_id(ORIGIN, data[1:], data[:1]).hex()
    with pytest.raises(Refusal, match="not an Ed25519 key"):
        Verifier.parse(f"{ORIGIN}+{kid}+{base64.b64encode(data).decode()}")


def test_a_text_without_its_last_newline_is_not_signed(signer):
    with pytest.raises(ValueError, match="newline"):
        note.sign_note("text", signer)


def other_signature(text: str) -> str:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    kid = note.key_id("witness.example", key.public_key().public_bytes_raw())
    return f"— witness.example {base64.b64encode(kid + key.sign(text.encode())).decode()}\n"


def test_signatures_of_unknown_keys_are_passed_over(verifier):
    text = CHECKPOINT.partition("\n\n")[0] + "\n"
    assert note.open_note((CHECKPOINT + other_signature(text)).encode(), verifier) == text
    with pytest.raises(Refusal, match="key unknown"):
        note.open_note(f"{text}\n{other_signature(text)}".encode(), verifier)


def test_what_is_signed_but_no_note_is_refused(signer):
    for text, words in [("x" * (1 << 20) + "\n", "too long"), ("a\tb\n", "control character")]:
        with pytest.raises(Refusal, match=words):
            note.open_note(note.sign_note(text, signer).encode(), signer.verifier)


def test_sixteen_signatures_are_read_and_no_more(verifier):
    text = CHECKPOINT.partition("\n\n")[0] + "\n"
    full = CHECKPOINT + other_signature(text) * 15
    assert note.open_note(full.encode(), verifier) == text
    with pytest.raises(Refusal, match="not a signed note"):
        note.open_note((full + other_signature(text)).encode(), verifier)


def test_a_bad_signature_of_the_known_key_is_never_outvoted(verifier):
    good = CHECKPOINT.partition("\n\n")[2]
    bad = good.replace("hmF9NmOi", "hmF9NmOj")
    for lines in (good + bad, bad + good):
        with pytest.raises(Refusal, match="signature bad"):
            note.open_note((CHECKPOINT.partition("\n\n")[0] + "\n\n" + lines).encode(), verifier)


@pytest.mark.parametrize(
    "text",
    ["log.example/audit\n05\n{root}\n", "log.example/audit\n-5\n{root}\n", "log.example/audit\n5\nAAAA\n",
     "log.example/other\n5\n{root}\n", "log.example/audit\n5\n", "log.example/audit\nfive\n{root}\n"],
)  # fmt: skip
def test_a_signed_text_that_is_no_checkpoint_is_refused(signer, text):
    root = base64.b64encode(merkle.root(LEAVES)).decode()
    with pytest.raises(Refusal):
        note.open_checkpoint(note.sign_note(text.format(root=root), signer).encode(), signer.verifier)


def test_a_log_signs_under_its_own_origin_only(signer):
    with pytest.raises(ValueError, match="own origin"):
        note.sign_checkpoint(note.Checkpoint("log.example/other", 0, merkle.root([])), signer)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\x00b"])
def test_names_no_key_may_have(name):
    assert not note.is_key_name(name)


def test_an_inclusion_proof_as_a_file(verifier):
    text = proof.encode(3, merkle.inclusion_proof(3, LEAVES), CHECKPOINT)
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 3\n")
    assert text.endswith("\n\n" + CHECKPOINT)
    index, checkpoint = proof.check(text.encode(), b"entry-3", verifier)
    assert (index, checkpoint.size) == (3, 5)
    with pytest.raises(Refusal, match="not in the log"):
        proof.check(text.encode(), b"entry-2", verifier)


def test_a_proof_may_carry_an_extra_line(verifier):
    text = proof.encode(0, merkle.inclusion_proof(0, LEAVES), CHECKPOINT).replace("index", "extra AAAA\nindex", 1)
    assert proof.check(text.encode(), b"entry-0", verifier)[0] == 0


def test_any_flipped_bit_of_a_proof_is_refused(verifier):
    data = proof.encode(3, merkle.inclusion_proof(3, LEAVES), CHECKPOINT).encode()
    for i in range(len(data)):
        flipped = bytearray(data)
        flipped[i] ^= 1 << i % 8
        with pytest.raises(Refusal):
            proof.check(bytes(flipped), b"entry-3", verifier)
