"""The certificate of a dataset: an in-toto Statement over the digest of every file, signed in a DSSE envelope.

A `Certificate` exists only signed: `certify` makes one with a key, `Certificate.open` checks one against a key.
"""

import hashlib
from dataclasses import InitVar, dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from audit import dsse, durable
from audit.canonical import canonical_bytes, parse_canonical
from audit.keys import Signer, Verifier
from schemas.certificate import PAYLOAD_TYPE, Digest, Predicate, Statement, Subject
from schemas.failure import Failure, Refusal

CERTIFICATE: Final = "certificate.json"
_SEAL: Final = object()


@dataclass(frozen=True, slots=True)
class Certificate:
    """A statement that the trusted key signed. `sha256` is of the certificate's file: what the log records."""

    sha256: str
    statement: Statement
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("a certificate is made by certify() or Certificate.open(), never unsigned")

    @classmethod
    def open(cls, path: Path, trusted: Verifier) -> "Certificate":
        """The certificate in the file `path`, its signature checked.

        Raises Refusal when it is missing, malformed, or not signed by the trusted key.
        """
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise Refusal(f"{path}: no certificate; the dataset was never certified, or not whole") from None
        except OSError:
            raise Refusal(f"{path}: the certificate cannot be read; see who may open it") from None
        try:
            return _open(data, trusted)
        except Refusal as refusal:
            raise Refusal(f"{path}: {refusal}; restore the dataset from a copy, or certify it anew") from None


def certify(dataset_dir: Path, predicate: Predicate, signer: Signer) -> str:
    """Sign every file of `dataset_dir` under `predicate` into certificate.json; the SHA-256 of that file.

    The same files, predicate and key give the same bytes. Call it when the folder is complete: a file added later is
    refused under shards/ and unknown to the certificate elsewhere. Raises Failure for a link, an odd name, or a folder
    without files.
    """
    path = dataset_dir / CERTIFICATE
    durable.beside_name(path).unlink(missing_ok=True)
    files = sorted(_files(dataset_dir))
    if not files:
        raise Failure(f"{dataset_dir}: holds no file to certify")
    try:
        subjects = [Subject(name=name, digest=Digest(sha256=file_sha256(dataset_dir / name))) for name in files]
    except ValidationError:
        raise Failure(f"{dataset_dir}: a file's name holds a backslash; rename it") from None
    statement = Statement(subject=tuple(subjects), predicate=predicate)
    data = dsse.seal(PAYLOAD_TYPE, canonical_bytes(statement), signer)
    durable.replace(path, data)
    return _open(data, signer.verifier).sha256


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of the bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> list[str]:
    """Names, relative to `folder`, of every file under it but the certificate."""
    names = []
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise Failure(f"{path}: not a plain file or folder; a certificate cannot vouch for it")
        if path.is_file() and name != CERTIFICATE:
            names.append(name)
    return names


def _open(data: bytes, trusted: Verifier) -> Certificate:
    payload = dsse.unseal(data, PAYLOAD_TYPE, trusted)
    try:
        statement = Statement.model_validate(parse_canonical(payload))
    except (ValueError, ValidationError):
        raise Refusal("the signed statement does not parse: another version of Shodhan may have made it") from None
    return Certificate(hashlib.sha256(data).hexdigest(), statement, _SEAL)
