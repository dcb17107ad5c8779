"""A tiny model of our own making and a certified workspace, so that every test here walks the real way."""

import datetime
import json
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit.certificate import certify
from audit.keys import Signer, create_signing_key
from audit.log import Log, now
from finetune import libraries
from schemas.certificate import Predicate
from schemas.document import SHARD
from schemas.log_entry import CERTIFIED, LogEntry
from schemas.recipe import Recipe

ORIGIN = "hospital.example/tests"
TEMPLATE = (
    "{% for turn in messages %}{{ '<|im_start|>' + turn['role'] + '\n' + turn['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
ORGANS = ("heart", "liver", "lung", "kidney", "spleen", "brain", "colon", "skin")


def make_tokenizer():
    """Bytes and three control tokens: knows every script, needs no training."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: index for index, token in enumerate(["<|pad|>", "<|im_start|>", "<|im_end|>", *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<|pad|>",
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        chat_template=TEMPLATE,
    )


def make_model(folder: Path) -> Path:
    """A Llama of two layers, 64 wide, seeded, as safetensors."""
    libraries.prepare()
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(7)
    tokenizer = make_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def question(number: int, split: str, source: str, answer: int | None = 0) -> dict:
    """A made-up question; which organ is right follows from its number, so there is something to learn."""
    options = [ORGANS[(number + step) % len(ORGANS)] for step in range(4)]
    lettered = "\n".join(f"{letter}. {option}" for letter, option in zip("ABCD", options, strict=True))
    extra = {"question": f"Which organ is number {number}?", "options": options, "answer": answer}
    return row(
        f"{source}:{number}",
        source,
        "question",
        split,
        "Answer the question by choosing one of the options.",
        f"{extra['question']}\n{lettered}",
        None if answer is None else f"{'ABCD'[answer]}. {options[answer]}",
        extra,
    )


def row(doc_id, source, kind, split, instruction, given, answer, extra=None) -> dict:
    """A row of a shard."""
    return {
        "doc_id": doc_id,
        "source": source,
        "role": "evaluation" if split == "evaluation" else "train",
        "kind": kind,
        "text": given or "",
        "title": None,
        "subject_key": None,
        "language_mix": "en",
        "version": None,
        "revised": None,
        "keys": [],
        "flags": [],
        "terms": {"licence": "CC0-1.0", "purposes": ["research"]},
        "provenance": {"file": "made-up.jsonl", "sha256": "0" * 64, "record": 0},
        "extra": json.dumps(extra or {}),
        "split": split,
        "instruction": instruction,
        "input": given,
        "output": answer,
    }


def default_rows() -> list[dict]:
    """24 questions to train on, 6 held out, two benchmarks of 8 and 5; one document that makes no example."""
    return [
        *(question(n, "train", "made-up") for n in range(24)),
        row("note:1", "notes", "note", "train", None, "A note without an example.", None),
        *(question(n, "heldout", "made-up") for n in range(100, 106)),
        *(question(n, "evaluation", "medmcqa-validation", n % 4) for n in range(200, 208)),
        *(question(n, "evaluation", "medqa-test", n % 4) for n in range(300, 305)),
        question(400, "evaluation", "medqa-test", None),
    ]


class Workspace:
    """A folder with a key, a log, a model, and certified datasets."""

    rows, row, question = staticmethod(default_rows), staticmethod(row), staticmethod(question)

    def __init__(self, root: Path, model: Path) -> None:
        self.root, self.model = root, model
        create_signing_key(root / "vault", root / "audit", ORIGIN)
        self.signer = Signer.load(root / "vault", ORIGIN)

    @property
    def log(self) -> Log:
        return Log.open(self.root / "audit", self.signer)

    def certified(self, rows: list[dict], name: str = "tiny", shard_rows: int = 10) -> Path:
        """Write `rows` as shards, certify them and record it, as curation does."""
        folder = self.root / "datasets" / name / "1.0.0"
        (folder / "shards").mkdir(parents=True)
        splits = {}
        for split in ("train", "heldout", "evaluation"):
            of_it = [each for each in rows if each["split"] == split]
            splits[split] = len(of_it)
            for number, start in enumerate(range(0, len(of_it), shard_rows)):
                table = pa.Table.from_pylist(of_it[start : start + shard_rows], schema=SHARD)
                pq.write_table(table, folder / "shards" / f"{split}-{number:05}.parquet", compression="zstd")
        predicate = Predicate(
            dataset=name,
            version="1.0.0",
            published=datetime.date(2026, 1, 1),
            run="0" * 12,
            code_sha256="0" * 64,
            config_sha256="0" * 64,
            purpose="research",
            licences=("CC0-1.0",),
            splits={split: count for split, count in splits.items() if count},
            sources={},
            stages=(),
            evaluation_sources=(),
            deid=None,
        )
        digest = certify(folder, predicate, self.signer)
        entry = LogEntry(
            event=CERTIFIED,
            recorded_at=now(),
            component="tests",
            component_version="1",
            subject_sha256=digest,
            subject_name=f"certificate:{name}/1.0.0",
        )
        self.log.append_once([entry])
        return folder

    def recipe(self, **changes) -> Recipe:
        """A recipe that trains the tiny model in a second."""
        plain = {
            "name": "tiny",
            "dataset": "datasets/tiny/1.0.0",
            "model": str(self.model),
            "steps": 12,
            "batch_size": 4,
            "learning_rate": 0.01,
            "max_tokens": 256,
            "heldout_examples": 6,
            "evaluate_items": 6,
        }
        return Recipe.model_validate({**plain, **changes})


@pytest.fixture(scope="session")
def tokenizer():
    libraries.prepare()
    return make_tokenizer()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture
def other_tokenizer():
    """One that a test may change."""
    libraries.prepare()
    return make_tokenizer()


@pytest.fixture
def workspace(tmp_path, tiny_model) -> Workspace:
    made = Workspace(tmp_path, tiny_model)
    made.certified(default_rows())
    return made


@pytest.fixture(scope="module")
def trained(tmp_path_factory, tiny_model):
    """A workspace with a trained recipe: (workspace, recipe, record)."""
    from finetune.gate import open_dataset
    from finetune.train import train

    made = Workspace(tmp_path_factory.mktemp("trained"), tiny_model)
    made.certified(default_rows())
    recipe = made.recipe()
    return made, recipe, train(open_dataset(recipe, made.root), recipe, made.root)
