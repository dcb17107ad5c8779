"""Starting a workspace: the commented configuration and the two keys, neither of which is ever overwritten."""

import datetime
from pathlib import Path

from audit.durable import create as create_file
from audit.keys import PRIVATE_KEY, create_signing_key
from curate.configuration import load
from deid.key import NAME as PSEUDONYM_KEY
from deid.key import create_key
from schemas.failure import Failure

TEMPLATE = """\
# What Shodhan reads, under which policy, and who signs. Every key is explained in docs/configuration.md;
# an unknown key is an error. Paths are relative to this file.
version: 1

sources:
  # A source is files of one kind under one set of terms. Readers: pubmed, jats, medmcqa, medqa, pubmedqa,
  # mimic-hosp, mimic-note, aci-bench, fhir, table (any Parquet, CSV or JSON-lines, with `columns`).
  literature:
    reader: pubmed
    paths: [data/pubmed]
    terms: {{licence: "NLM, see each record", purposes: [research]}}
  notes:
    reader: table
    paths: [data/notes.csv]
    columns: {{id: note_id, text: text, subject: patient_id}}
    personal: true            # about living persons: de-identified, ids become keyed tokens
    # What a table of your patients knows is searched in the notes of each, in every script and spelling:
    # patients: {{path: data/patients.csv, key: patient_id, columns: {{name: PERSON, phone: PHONE_NUMBER, born: DATE}}}}
    terms: {{licence: "hospital, internal", purposes: [research]}}
  # Evaluation sets are certified for scoring only; training text that holds one of their items is dropped.
  # medmcqa-validation:
  #   reader: medmcqa
  #   paths: [data/medmcqa/validation.jsonl]
  #   role: evaluation
  #   terms: {{licence: MIT, purposes: [research]}}

dedup: {{threshold: 0.8, shingle_words: 5}}
decontaminate: {{min_coverage: 0.6}}
quality: {{min_words: 5, languages: [en, hi, ta, bn]}}

deid:
  default: surrogate          # or per label: tag, redact, mask, token, encrypt, shift, generalise, keep
  operators: {{URL: redact}}
  scope: patient              # one name, one surrogate within a patient's record; or: dataset

dataset:
  name: first
  version: 1.0.0
  description: "Certified training data of our hospital."
  creator: "Our hospital"
  url: "https://hospital.example/first"
  licence: "internal use, see the terms of each row"
  published: {today}      # stated, so that equal input gives equal bytes on any day
  purpose: research           # what training on it is allowed for

signing: {{origin: hospital.example/shodhan}}
"""


def create(folder: Path) -> Path:
    """Write `folder/shodhan.yaml` and both keys; gives the path. Raises Failure where one stands already."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "shodhan.yaml"
    try:
        create_file(path, TEMPLATE.format(today=datetime.date.today().isoformat()).encode())
    except FileExistsError:
        raise Failure(f"{path}: stands already; move it away, or start in another folder") from None
    create_keys(path)
    return path


def create_keys(config_path: Path) -> None:
    """Make the signing key and the pseudonym key of a configuration's workspace, where they are not there yet."""
    config = load(config_path)
    vault, audit_dir = config.workspace / "vault", config.workspace / "audit"
    if not (vault / PRIVATE_KEY).exists():
        create_signing_key(vault, audit_dir, config.signing.origin)
    if not (vault / PSEUDONYM_KEY).exists():
        create_key(vault)
