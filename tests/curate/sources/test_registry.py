import subprocess
import sys
from typing import get_args

import pytest

from curate.sources.registry import READERS, find_files
from schemas.config import ReaderName
from schemas.failure import Failure


def test_there_is_a_reader_for_every_name():
    assert set(READERS) == set(get_args(ReaderName))


@pytest.mark.parametrize(
    ("reader", "path", "files"),
    [
        ("pubmed", "pubmed", 45),
        ("pubmed", "pubmed/*.xml.gz", 10),
        ("pubmed", "pubmed/**/*.gz", 45),
        ("jats", "jats", 3),
        ("medmcqa", "medmcqa", 5),
        ("medqa", "medqa", 1),
        ("pubmedqa", "pubmedqa", 1),
        ("aci-bench", "aci_bench", 2),
        ("mimic-hosp", "mimic_iv_demo", 11),
        ("mimic-hosp", "mimic_iv_demo/hosp", 11),
    ],
)
def test_the_real_folders(data, source, reader, path, files):
    found = find_files(source(reader, path), data)
    assert len(found) == files
    assert found == sorted(found)


def test_each_file_counts_once(source, tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("a/2.xml", "a/1.xml.gz", "a/.hidden.xml", "a/notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "link.xml").symlink_to(tmp_path / "a/2.xml")
    found = find_files(source("pubmed", "a", "a/*.xml", "a/2.xml", str(tmp_path / "a"), "link.xml"), tmp_path)
    assert [path.name for path in found] == ["1.xml.gz", "2.xml"]


def test_a_named_file_is_taken_as_it_is(source, tmp_path):
    (tmp_path / "odd [1].dat").touch()
    assert len(find_files(source("pubmed", "odd [1].dat"), tmp_path)) == 1


def test_a_circle_of_links_ends(source, tmp_path):
    (tmp_path / "a.xml").touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(find_files(source("pubmed", "."), tmp_path)) == 1


@pytest.mark.parametrize("path", ["nowhere", "*.xml", "empty"])
def test_a_path_that_matches_nothing_is_a_failure_that_names_it(source, tmp_path, path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(Failure, match=path.replace("*", r"\*")):
        find_files(source("pubmed", path), tmp_path)


def test_mimic_notes_are_found_without_their_detail_tables(source, tmp_path):
    for name in ("discharge", "discharge_detail", "radiology", "radiology_detail"):
        (tmp_path / f"{name}.csv.gz").touch()
    found = find_files(source("mimic-note", "."), tmp_path)
    assert [path.name for path in found] == ["discharge.csv.gz", "radiology.csv.gz"]


def test_nothing_heavy_is_imported_before_it_reads():
    code = "import sys, curate.sources.registry; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"lxml", "duckdb", "pyarrow"} & set(loaded)
