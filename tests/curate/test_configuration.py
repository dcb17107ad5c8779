from pathlib import Path

import pytest

from curate.configuration import load
from curate.workspace import TEMPLATE, create
from schemas.failure import Failure, Refusal


def written(folder: Path, text: str) -> Path:
    path = folder / "shodhan.yaml"
    path.write_text(text)
    return path


PLAIN = """\
sources:
  a: {reader: pubmed, paths: [x], terms: {licence: l, purposes: [research]}}
dataset: {published: 2026-01-01}
"""


def test_what_init_writes_is_valid_and_is_never_overwritten(tmp_path: Path) -> None:
    path = create(tmp_path / "new")
    config = load(path)
    assert config.workspace == (tmp_path / "new").resolve()
    assert config.sources["notes"].personal
    assert (tmp_path / "new/vault").stat().st_mode & 0o777 == 0o700
    with pytest.raises(Failure, match="stands already"):
        create(tmp_path / "new")
    assert "secret" not in TEMPLATE


def test_defaults_work(tmp_path: Path) -> None:
    config = load(written(tmp_path, PLAIN))
    assert (config.dedup.threshold, config.dedup.shingle_words) == (0.8, 5)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (PLAIN + "colour: red\n", "colour"),
        (PLAIN.replace("reader: pubmed", "reader: pubmad"), r"sources\.a\.reader"),
        (PLAIN.replace("2026-01-01", "yesterday"), r"dataset\.published"),
        ("sources: [", "line 1"),
        ("", "the file"),
    ],
)
def test_a_mistake_is_named_by_its_key_and_not_by_its_value(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(Failure, match=named) as caught:
        load(written(tmp_path, text))
    for value in ("red", "pubmad", "yesterday"):
        assert value not in str(caught.value).replace("required", "")


def test_a_purpose_that_a_source_does_not_allow_is_refused(tmp_path: Path) -> None:
    text = PLAIN.replace("dataset: {", "dataset: {purpose: product, ")
    with pytest.raises(Refusal, match="source a"):
        load(written(tmp_path, text))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="shodhan init"):
        load(tmp_path / "none.yaml")
