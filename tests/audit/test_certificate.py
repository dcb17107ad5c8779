import base64
import json

import pytest

from audit import dsse
from audit.canonical import canonical_bytes
from audit.certificate import Certificate, certify
from schemas.certificate import PAYLOAD_TYPE
from schemas.failure import Failure, Refusal


def test_pre_authentication_encoding():
    # the example of the DSSE protocol, github.com/secure-systems-lab/dsse
    assert dsse.pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert dsse.pae("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


def test_an_envelope_gives_back_its_payload(workspace):
    signer = workspace.signer
    sealed = dsse.seal("text/x", b"payload\x00", signer)
    assert dsse.unseal(sealed, "text/x", signer.verifier) == b"payload\x00"
    with pytest.raises(Refusal, match="another type"):
        dsse.unseal(sealed, "text/y", signer.verifier)


def test_any_flipped_bit_of_an_envelope_is_refused(workspace):
    signer = workspace.signer
    sealed = dsse.seal("text/x", b"payload", signer)
    for i in range(len(sealed)):
        for bit in range(8):
            flipped = bytearray(sealed)
            flipped[i] ^= 1 << bit
            with pytest.raises(Refusal):
                dsse.unseal(bytes(flipped), "text/x", signer.verifier)


@pytest.mark.parametrize(
    "envelope",
    [{}, {"payload": 1}, {"payload": "", "payloadType": "text/x", "signatures": []},
     {"payload": "", "payloadType": "text/x", "signatures": ["x"]},
     {"payload": "", "payloadType": "text/x", "signatures": [{"sig": "AAAA"}]},
     {"payload": "", "payloadType": "text/x", "signatures": [{"keyid": "k", "sig": "A"}]},
     {"payload": "", "payloadType": "text/x", "signatures": "x", "more": 1}],
)  # fmt: skip
def test_what_is_no_envelope_is_refused(workspace, envelope):
    with pytest.raises(Refusal):
        dsse.unseal(canonical_bytes(envelope) + b"\n", "text/x", workspace.signer.verifier)


def test_a_certificate_is_an_in_toto_statement_over_every_file(workspace):
    envelope = json.loads((workspace.dataset / "certificate.json").read_text())
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://shodhan.dev/certificate/v1"
    assert [subject["name"] for subject in statement["subject"]] == [
        "README.md",
        "shards/heldout-00000.parquet",
        "shards/train-00000.parquet",
        "shards/train-00001.parquet",
    ]
    assert statement["predicate"]["published"] == "2026-01-02"


def test_the_same_dataset_gives_the_same_certificate(workspace, predicate):
    path = workspace.dataset / "certificate.json"
    before = path.read_bytes()
    (workspace.dataset / ".certificate.json.new").write_bytes(b"left by a killed run")
    assert certify(workspace.dataset, predicate(), workspace.signer) == workspace.certificate_sha256
    assert path.read_bytes() == before


def test_a_certificate_cannot_be_built_unsigned(workspace):
    signed = Certificate.open(workspace.dataset / "certificate.json", workspace.signer.verifier)
    assert signed.sha256 == workspace.certificate_sha256
    with pytest.raises(TypeError, match="never unsigned"):
        Certificate(signed.sha256, signed.statement, object())


def test_a_link_is_not_certified(workspace, predicate, tmp_path):
    (workspace.dataset / "shards" / "train-00002.parquet").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Failure, match="not a plain file"):
        certify(workspace.dataset, predicate(), workspace.signer)


def test_a_name_that_two_systems_read_differently_is_not_certified(workspace, predicate):
    (workspace.dataset / "a\\b").write_bytes(b"")
    with pytest.raises(Failure, match="backslash"):
        certify(workspace.dataset, predicate(), workspace.signer)


def test_an_envelope_holds_nothing_beside_its_signed_payload(workspace):
    sealed = json.loads(dsse.seal("text/x", b"payload", workspace.signer))
    (signature,) = sealed["signatures"]
    for more in (sealed | {"note": "x"}, sealed | {"signatures": [signature | {"note": "x"}]}):
        with pytest.raises(Refusal, match="does not parse"):
            dsse.unseal(canonical_bytes(more) + b"\n", "text/x", workspace.signer.verifier)
    two = sealed | {"signatures": [signature, signature]}
    with pytest.raises(Refusal, match="does not parse"):
        dsse.unseal(canonical_bytes(two) + b"\n", "text/x", workspace.signer.verifier)


def test_an_envelope_ends_in_one_newline(workspace):
    sealed = dsse.seal("text/x", b"payload", workspace.signer)
    for bad in (sealed[:-1], sealed + b"\n", b""):
        with pytest.raises(Refusal, match="does not parse"):
            dsse.unseal(bad, "text/x", workspace.signer.verifier)


def test_an_empty_folder_is_not_certified(workspace, predicate, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(Failure, match="no file to certify"):
        certify(tmp_path / "empty", predicate(), workspace.signer)


def test_a_signed_payload_of_another_shape_is_refused(workspace):
    path = workspace.dataset / "certificate.json"
    for payload in (b"{}", b"not json", canonical_bytes({"_type": "https://in-toto.io/Statement/v0.1"})):
        path.write_bytes(dsse.seal(PAYLOAD_TYPE, payload, workspace.signer))
        with pytest.raises(Refusal, match="does not parse"):
            Certificate.open(path, workspace.signer.verifier)
