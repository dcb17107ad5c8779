import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey

from audit.keys import Signer, Verifier, create_signing_key
from schemas.failure import Failure, Refusal

ORIGIN = "hospital.example/test"


@pytest.fixture
def made(tmp_path):
    create_signing_key(tmp_path / "vault", tmp_path / "audit", ORIGIN)
    return tmp_path


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_is_made_private_and_signs(made):
    assert mode(made / "vault") == 0o700
    assert mode(made / "vault" / "signing.pem") == 0o600
    assert (made / "vault" / "signing.pem").read_text().startswith("-----BEGIN PRIVATE KEY-----")
    signer, verifier = Signer.load(made / "vault", ORIGIN), Verifier.load(made / "audit" / "signer.vkey")
    assert verifier.verify(signer.sign(b"message"), b"message")
    assert not verifier.verify(signer.sign(b"message"), b"another")
    assert (signer.name, signer.key_id) == (ORIGIN, verifier.key_id)
    assert not list(made.rglob(".*.new"))


def test_the_private_key_shows_in_no_repr(made):
    assert repr(Signer.load(made / "vault", ORIGIN)) == f"Signer({Verifier.load(made / 'audit' / 'signer.vkey').vkey})"


def test_a_key_is_never_overwritten(made):
    before = (made / "vault" / "signing.pem").read_bytes()
    with pytest.raises(Failure, match="never overwritten"):
        create_signing_key(made / "vault", made / "audit", ORIGIN)
    assert (made / "vault" / "signing.pem").read_bytes() == before


def test_no_new_key_beside_an_old_log(made):
    (made / "audit" / "checkpoint").write_text("a log was here\n")
    with pytest.raises(Failure, match="never overwritten"):
        create_signing_key(made / "other-vault", made / "audit", ORIGIN)


@pytest.mark.parametrize("origin", ["", "a b", "a+b"])
def test_an_origin_that_no_key_may_have(tmp_path, origin):
    with pytest.raises(Failure, match=r"signing\.origin"):
        create_signing_key(tmp_path / "vault", tmp_path / "audit", origin)


def test_a_missing_key_is_refused(tmp_path):
    with pytest.raises(Refusal, match="audit keys create"):
        Signer.load(tmp_path / "vault", ORIGIN)
    with pytest.raises(Refusal, match="audit keys create"):
        Verifier.load(tmp_path / "audit" / "signer.vkey")


@pytest.mark.parametrize(("place", "bits"), [("vault", 0o750), ("vault", 0o701), ("vault/signing.pem", 0o640),
                                             ("vault/signing.pem", 0o604)])  # fmt: skip
def test_a_key_that_others_may_read_is_refused(made, place, bits):
    (made / place).chmod(bits)
    with pytest.raises(Refusal, match="chmod"):
        Signer.load(made / "vault", ORIGIN)


def test_a_private_key_of_another_kind_is_refused(made):
    encoding = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (made / "vault" / "signing.pem").write_bytes(Ed448PrivateKey.generate().private_bytes(*encoding))
    with pytest.raises(Refusal, match="not an Ed25519 key"):
        Signer.load(made / "vault", ORIGIN)


def test_a_key_that_cannot_be_read_is_refused(made):
    (made / "vault" / "signing.pem").unlink()
    (made / "vault" / "signing.pem").mkdir()
    with pytest.raises(Refusal, match="cannot be read"):
        Signer.load(made / "vault", ORIGIN)


def test_another_origin_is_refused(made):
    with pytest.raises(Refusal, match="another origin"):
        Signer.load(made / "vault", "hospital.example/other")


def test_a_key_that_is_not_the_published_one_is_refused(made, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    create_signing_key(other / "vault", other / "audit", ORIGIN)
    (made / "vault" / "signing.pem").write_bytes((other / "vault" / "signing.pem").read_bytes())
    with pytest.raises(Refusal, match="does not belong"):
        Signer.load(made / "vault", ORIGIN)


@pytest.mark.parametrize("data", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_private_key_is_refused(made, data):
    (made / "vault" / "signing.pem").write_bytes(data)
    with pytest.raises(Refusal, match="PKCS8"):
        Signer.load(made / "vault", ORIGIN)


def test_any_flipped_byte_of_a_public_key_file_is_refused(made):
    path = made / "audit" / "signer.vkey"
    data = path.read_bytes()
    for i in range(len(data)):
        flipped = bytearray(data)
        flipped[i] ^= 1 << i % 8
        path.write_bytes(flipped)
        with pytest.raises(Refusal):
            Verifier.load(path)
    for bad in (data[:-1], data + b"\n", data + data, b""):
        path.write_bytes(bad)
        with pytest.raises(Refusal):
            Verifier.load(path)
