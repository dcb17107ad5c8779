import json

import pytest
from typer.testing import CliRunner

from audit.commands import REASONS, app
from schemas.failure import Failure, Refusal
from schemas.log_entry import Reason

ORIGIN = "hospital.example/test"


def invoke(*arguments):
    """Run a command as the front door does: a Failure comes out as it was raised."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=True)
    if isinstance(result.exception, Failure):
        raise result.exception
    return result


def test_every_command_has_help():
    for words in ([], ["verify"], ["log"], ["prove"], ["check-proof"], ["revoke"], ["recover"], ["keys"],
                  ["keys", "create"], ["keys", "show"]):  # fmt: skip
        result = CliRunner().invoke(app, [*words, "--help"])
        assert result.exit_code == 0
        assert "Usage" in result.output


def test_verify_says_what_was_checked(workspace):
    result = invoke("verify", workspace.dataset)
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "verified"
    assert "entry 4 of 5" in result.output
    answer = json.loads(invoke("verify", workspace.dataset, "--json").output)
    assert answer["verified"] is True
    assert answer["certificate_sha256"] == workspace.certificate_sha256
    assert answer["rows"] == {"train": 5, "heldout": 2}


def test_verify_with_a_named_log_key_and_purpose(workspace):
    key = workspace.audit / "signer.vkey"
    arguments = ("--audit", workspace.audit, "--key", key, "--purpose", "research")
    assert invoke("verify", workspace.dataset, *arguments).exit_code == 0
    with pytest.raises(Refusal, match="marketing"):
        invoke("verify", workspace.dataset, "--purpose", "marketing")


def test_the_log_is_listed_after_verification(workspace):
    assert "dataset.certified  certificate:made/1.0.0" in invoke("log", "--audit", workspace.audit).output
    answer = json.loads(invoke("log", "--audit", workspace.audit, "--json").output)
    assert (answer["size"], len(answer["entries"]), answer["origin"]) == (5, 5, ORIGIN)
    path = workspace.audit / "entries.jsonl"
    path.write_bytes(path.read_bytes()[:-2] + b"]\n")
    with pytest.raises(Refusal, match="does not parse"):
        invoke("log", "--audit", workspace.audit)


def test_a_checkpoint_kept_elsewhere_is_compared(workspace, tmp_path):
    kept = tmp_path / "kept"
    kept.write_bytes((workspace.audit / "checkpoint").read_bytes())
    assert "extends the earlier checkpoint of 5" in invoke("log", "--audit", workspace.audit, "--extends", kept).output
    with pytest.raises(Failure, match="cannot be read"):
        invoke("log", "--audit", workspace.audit, "--extends", tmp_path / "none")


def test_a_proof_is_checked_with_the_key_alone(workspace, tmp_path):
    proof, key = tmp_path / "four.tlog-proof", workspace.audit / "signer.vkey"
    assert invoke("prove", 4, "-o", proof, "--audit", workspace.audit).exit_code == 0
    result = invoke("check-proof", proof, tmp_path / "four.json", "--key", key)
    assert "in the log: entry 4 of 5" in result.output
    assert json.loads(invoke("check-proof", proof, tmp_path / "four.json", "--key", key, "--json").output)["in_log"]
    invoke("prove", 3, "-o", tmp_path / "three.tlog-proof", "--audit", workspace.audit)
    with pytest.raises(Refusal, match="not in the log"):
        invoke("check-proof", proof, tmp_path / "three.json", "--key", key)
    with pytest.raises(Refusal, match="no entry 5"):
        invoke("prove", 5, "-o", proof, "--audit", workspace.audit)


def test_a_dataset_is_revoked(workspace):
    with pytest.raises(Failure, match="consent-withdrawn"):
        invoke("revoke", workspace.dataset, "--reason", "Ramesh asked")
    assert json.loads(invoke("revoke", workspace.dataset, "--reason", "superseded", "--json").output)["log_index"] == 5
    with pytest.raises(Refusal, match="revoked"):
        invoke("verify", workspace.dataset)
    assert "dataset.revoked" in invoke("log", "--audit", workspace.audit).output


def test_an_interrupted_append_is_put_right(workspace):
    with (workspace.audit / "entries.jsonl").open("ab") as file:
        file.write(b"{torn")
    with pytest.raises(Refusal, match="audit recover"):
        invoke("verify", workspace.dataset)
    assert "5 entries, verified" in invoke("recover", "--audit", workspace.audit).output
    assert invoke("verify", workspace.dataset).exit_code == 0


def test_the_help_names_every_reason():
    assert REASONS.replace(" or ", ", ").split(", ") == list(Reason)


def test_keys_are_made_and_shown(tmp_path):
    audit = tmp_path / "audit"
    created = invoke("keys", "create", "--origin", ORIGIN, "--audit", audit).output.strip()
    assert (tmp_path / "vault" / "signing.pem").exists()
    assert invoke("keys", "show", "--audit", audit).output.strip() == created
    assert json.loads(invoke("keys", "show", "--audit", audit, "--json").output)["vkey"] == created
    with pytest.raises(Failure, match="never overwritten"):
        invoke("keys", "create", "--origin", ORIGIN, "--audit", audit)
