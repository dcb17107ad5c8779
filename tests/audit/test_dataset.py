import dataclasses
import hashlib
import random
import shutil

import pyarrow as pa
import pytest

from audit import dsse
from audit.canonical import canonical_bytes
from audit.certificate import certify
from audit.dataset import VerifiedDataset, find_audit, verify_dataset
from audit.keys import Signer, create_signing_key
from audit.log import Log
from audit.revocation import revoke
from schemas.certificate import PAYLOAD_TYPE, Digest, StageDigest, Statement, Subject
from schemas.failure import Failure, Refusal
from schemas.log_entry import CERTIFIED, Reason


def refusal(*args, **kwargs):
    with pytest.raises(Refusal) as caught:
        verify_dataset(*args, **kwargs)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def record(workspace, digest, entry):
    Log.open(workspace.audit, workspace.signer).append(
        [entry(99, event=CERTIFIED, subject_sha256=digest, subject_name="certificate:made/1.0.0")]
    )


def test_a_certified_dataset_opens(workspace):
    dataset = verify_dataset(workspace.dataset)
    assert dataset.certificate_sha256 == workspace.certificate_sha256
    assert (dataset.log_index, dataset.log_size, dataset.purpose) == (4, 5, "research")
    assert [path.name for path in dataset.files("train")] == ["train-00000.parquet", "train-00001.parquet"]
    assert dataset.read("train", ["doc_id"]).column("doc_id").to_pylist() == [f"made:{i}" for i in range(5)]
    assert dataset.read("heldout").num_columns == 19
    assert sum(table.num_rows for table in dataset.shards("train", ["text"])) == 5
    assert verify_dataset(workspace.dataset, purpose="research", audit_dir=workspace.audit).path == workspace.dataset


def test_only_verification_makes_one(workspace):
    dataset = verify_dataset(workspace.dataset)
    fields = {field.name: getattr(dataset, field.name) for field in dataclasses.fields(dataset)}
    with pytest.raises(TypeError, match="only audit"):
        VerifiedDataset(**fields, seal=object())
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(dataset, purpose="marketing")
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset.purpose = "marketing"


def test_what_is_not_there_to_read_is_a_failure(workspace):
    dataset = verify_dataset(workspace.dataset)
    with pytest.raises(Failure, match="no split `test`"):
        dataset.read("test")
    with pytest.raises(Failure, match="no column ward"):
        dataset.read("train", ["text", "ward"])


# A single wrong byte anywhere


@pytest.mark.parametrize(
    "name",
    ["datasets/made/1.0.0/shards/train-00001.parquet", "datasets/made/1.0.0/certificate.json", "audit/entries.jsonl",
     "datasets/made/1.0.0/README.md", "audit/checkpoint", "audit/signer.vkey"],
)  # fmt: skip
def test_any_flipped_byte_is_refused(workspace, name):
    path = workspace.root / name
    data = path.read_bytes()
    places = random.Random(name)
    for i in sorted(places.sample(range(len(data)), min(len(data), 60))):
        flipped = bytearray(data)
        flipped[i] ^= 1 << places.randrange(8)
        path.write_bytes(flipped)
        message = refusal(workspace.dataset)
        assert path.name in message or message.startswith("log: ")
    path.write_bytes(data)
    verify_dataset(workspace.dataset)


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\n", lambda data: b""])
@pytest.mark.parametrize("name", ["shards/heldout-00000.parquet", "certificate.json", "README.md"])
def test_a_cut_or_longer_file_is_refused(workspace, name, change):
    path = workspace.dataset / name
    path.write_bytes(change(path.read_bytes()))
    assert name in refusal(workspace.dataset)


def test_a_byte_that_changes_after_verification_is_refused_on_reading(workspace):
    dataset = verify_dataset(workspace.dataset)
    path = workspace.dataset / "shards" / "train-00001.parquet"
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)
    with pytest.raises(Refusal, match=r"train-00001\.parquet: not the certified bytes"):
        dataset.read("train")
    path.unlink()
    with pytest.raises(Refusal, match=r"train-00001\.parquet: certified, but it cannot be read"):
        dataset.read("train")


# What is missing, foreign, withdrawn


def test_a_certified_file_outside_shards_must_be_there_too(workspace):
    (workspace.dataset / "README.md").unlink()
    assert "README.md: certified, but it cannot be read" in refusal(workspace.dataset)


def test_a_certificate_reaches_no_file_outside_its_dataset(workspace, predicate, entry):
    (workspace.dataset.parent / "outside").write_bytes(b"")
    outside = Subject(name="../outside", digest=Digest(sha256=hashlib.sha256(b"").hexdigest()))
    statement = Statement(subject=(outside,), predicate=predicate(splits={}))
    data = dsse.seal(PAYLOAD_TYPE, canonical_bytes(statement), workspace.signer)
    (workspace.dataset / "certificate.json").write_bytes(data)
    record(workspace, hashlib.sha256(data).hexdigest(), entry)
    shutil.rmtree(workspace.dataset / "shards")
    assert "names a file outside the dataset" in refusal(workspace.dataset)


@pytest.mark.parametrize("name", ["audit/signer.vkey", "audit/checkpoint", "audit/entries.jsonl",
                                  "datasets/made/1.0.0/certificate.json", "datasets/made/1.0.0/README.md"])  # fmt: skip
def test_what_cannot_be_read_is_refused(workspace, name):
    path = workspace.root / name
    path.unlink()
    path.mkdir()  # root may read any file, but nobody reads a folder as one
    assert f"{path.name}" in refusal(workspace.dataset)
    assert "cannot be read" in refusal(workspace.dataset)


def test_missing_pieces_are_named(workspace):
    shard, certificate = workspace.dataset / "shards" / "train-00000.parquet", workspace.dataset / "certificate.json"
    kept = shard.read_bytes()
    shard.unlink()
    assert "train-00000.parquet: certified, but" in refusal(workspace.dataset)
    shard.write_bytes(kept)
    certificate.unlink()
    assert "certificate.json: no certificate" in refusal(workspace.dataset)


@pytest.mark.parametrize("name", ["shards/train-00002.parquet", "shards/.hidden", "shards/deep/er.parquet"])
def test_a_file_that_is_not_certified_is_refused_under_shards(workspace, name):
    path = workspace.dataset / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    assert f"{name}: not in the certificate" in refusal(workspace.dataset)


def test_a_folder_linked_under_shards_is_refused(workspace, tmp_path_factory):
    (workspace.dataset / "shards" / "more").symlink_to(tmp_path_factory.mktemp("more"))
    assert "shards/more: not in the certificate" in refusal(workspace.dataset)


def test_a_dataset_without_a_log_above_is_refused(tmp_path):
    assert "--audit" in refusal(tmp_path / "nowhere")


def test_the_nearest_audit_folder_with_a_log_is_found(workspace):
    (workspace.root / "datasets" / "audit").mkdir()  # a folder of that name without a log
    assert find_audit(workspace.dataset) == workspace.root / "audit"


def test_a_certificate_that_the_log_does_not_record_is_refused(workspace, predicate):
    certify(workspace.dataset, predicate(version="1.0.1"), workspace.signer)
    assert "not in the log" in refusal(workspace.dataset)


def test_an_entry_of_another_kind_does_not_vouch_for_a_certificate(workspace, predicate, entry):
    digest = certify(workspace.dataset, predicate(version="1.0.1"), workspace.signer)
    Log.open(workspace.audit, workspace.signer).append([entry(98, subject_sha256=digest)])
    assert "not in the log" in refusal(workspace.dataset)


def test_the_wrong_key_is_refused(workspace, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    create_signing_key(other / "vault", other / "audit", workspace.signer.name)
    assert "unknown key" in refusal(workspace.dataset, vkey=other / "audit" / "signer.vkey")


def test_a_certificate_signed_by_another_key_is_refused(workspace, tmp_path_factory, predicate):
    other = tmp_path_factory.mktemp("other")
    create_signing_key(other / "vault", other / "audit", workspace.signer.name)
    certify(workspace.dataset, predicate(), Signer.load(other / "vault", workspace.signer.name))
    assert "unknown key" in refusal(workspace.dataset)


def test_a_whole_workspace_by_another_key_is_refused_by_who_holds_the_right_one(workspace, tmp_path_factory):
    kept = tmp_path_factory.mktemp("kept") / "trusted.vkey"
    kept.write_bytes((workspace.audit / "signer.vkey").read_bytes())
    verify_dataset(workspace.dataset, vkey=kept)
    other = tmp_path_factory.mktemp("other")
    create_signing_key(other / "vault", other / "audit", workspace.signer.name)
    (workspace.audit / "signer.vkey").write_bytes((other / "audit" / "signer.vkey").read_bytes())
    assert "unknown key" in refusal(workspace.dataset)
    verify_dataset(workspace.dataset, vkey=kept)


def test_a_revoked_dataset_is_refused(workspace):
    log = Log.open(workspace.audit, workspace.signer)
    assert revoke(workspace.dataset, Reason.IDENTIFIER_FOUND, log) == 5
    assert revoke(workspace.dataset, Reason.IDENTIFIER_FOUND, log) == 5
    assert "revoked (identifier-found), log entry 5" in refusal(workspace.dataset)


def test_a_log_set_back_before_a_revocation_is_refused(workspace):
    kept = {path: path.read_bytes() for path in workspace.audit.iterdir()}
    revoke(workspace.dataset, Reason.ERROR, Log.open(workspace.audit, workspace.signer))
    for path, data in kept.items():
        path.write_bytes(data)
    assert "history was lost" in refusal(workspace.dataset)


def test_what_was_never_certified_cannot_be_revoked(workspace, predicate):
    certify(workspace.dataset, predicate(version="1.0.1"), workspace.signer)
    log = Log.open(workspace.audit, workspace.signer)
    with pytest.raises(Refusal, match="not in the log"):
        revoke(workspace.dataset, Reason.ERROR, log)
    (workspace.dataset / "certificate.json").unlink()
    with pytest.raises(Failure, match="no certificate to revoke"):
        revoke(workspace.dataset, Reason.ERROR, log)


def test_a_stage_that_the_log_does_not_record_is_refused(workspace, predicate, entry):
    known = StageDigest(stage="00-ingest", record_sha256=f"{0:064x}")
    record(workspace, certify(workspace.dataset, predicate(stages=(known,)), workspace.signer), entry)
    assert verify_dataset(workspace.dataset).predicate.stages == (known,)
    other = StageDigest(stage="07-deidentify", record_sha256="f" * 64)
    record(workspace, certify(workspace.dataset, predicate(stages=(known, other)), workspace.signer), entry)
    assert "does not record its stage 07-deidentify" in refusal(workspace.dataset)


def test_another_purpose_is_refused(workspace):
    assert "for the purpose `research`, not for `marketing`" in refusal(workspace.dataset, purpose="marketing")


def test_a_row_whose_terms_do_not_allow_the_purpose_is_refused(workspace, predicate, shard, shard_row, entry):
    rows = [shard_row(0), shard_row(1, purposes=("teaching",)), shard_row(2, purposes=()), shard_row(3)]
    rows.append(shard_row(4, purposes=("teaching", "research", "research")))
    shard(workspace.dataset / "shards" / "train-00000.parquet", rows)
    record(workspace, certify(workspace.dataset, predicate(), workspace.signer), entry)
    assert "train-00000.parquet: the terms of 2 rows do not allow" in refusal(workspace.dataset)


@pytest.mark.parametrize("splits", [{"train": 5}, {"train": 6, "heldout": 1}, {"train": 5, "heldout": 2, "test": 1}])
def test_rows_that_are_not_as_stated_are_refused(workspace, predicate, entry, splits):
    record(workspace, certify(workspace.dataset, predicate(splits=splits), workspace.signer), entry)
    assert "do not hold the rows" in refusal(workspace.dataset)


def test_a_split_may_be_empty(workspace, predicate, shard, entry):
    shard(workspace.dataset / "shards" / "evaluation-00000.parquet", [])
    splits = {"train": 5, "heldout": 2, "evaluation": 0, "other": 0}
    record(workspace, certify(workspace.dataset, predicate(splits=splits), workspace.signer), entry)
    assert verify_dataset(workspace.dataset).read("evaluation").num_rows == 0


def test_the_digests_it_reads_by_cannot_be_changed(workspace):
    with pytest.raises(TypeError):
        verify_dataset(workspace.dataset).digests["shards/train-00000.parquet"] = "0" * 64


def test_progress_is_told(workspace):
    told = []
    verify_dataset(workspace.dataset, progress=lambda *now: told.append(now))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize("data", [b"not parquet", b""])
def test_a_certified_shard_that_is_no_parquet_is_refused(workspace, predicate, entry, data):
    (workspace.dataset / "shards" / "train-00000.parquet").write_bytes(data)
    record(workspace, certify(workspace.dataset, predicate(), workspace.signer), entry)
    assert "train-00000.parquet: not a shard" in refusal(workspace.dataset)


def test_a_certified_shard_without_terms_is_refused(workspace, predicate, entry):
    pa.parquet.write_table(pa.table({"text": ["x"]}), workspace.dataset / "shards" / "train-00000.parquet")
    record(workspace, certify(workspace.dataset, predicate(), workspace.signer), entry)
    assert "train-00000.parquet: not a shard" in refusal(workspace.dataset)


def test_a_message_never_quotes_the_data(workspace):
    path = workspace.dataset / "shards" / "train-00000.parquet"
    path.write_bytes(b"Ramesh Kumar, 98765 43210")
    assert "Ramesh" not in refusal(workspace.dataset)
    (workspace.audit / "entries.jsonl").write_bytes(b'{"Ramesh": 1}\n' * 5)
    assert "Ramesh" not in refusal(workspace.dataset)
