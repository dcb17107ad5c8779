import gzip
import itertools
from pathlib import Path

import pytest
from lxml import etree

from curate.synthetic.literature import FIRST_PMID, RECORDS, Planted, write_literature

FILES = ("synthetic26n0001.xml.gz", "synthetic26n0002.xml.gz")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    folder = tmp_path_factory.mktemp("literature")
    return folder / "pubmed", write_literature(folder, 5)


def _records(folder: Path, name: str) -> dict[tuple[int, int], etree._Element]:
    root = etree.fromstring(gzip.decompress((folder / name).read_bytes()))
    pmids = ((record.find("MedlineCitation/PMID"), record) for record in root.iterfind("PubmedArticle"))
    return {(int(pmid.text or ""), int(pmid.get("Version", ""))): record for pmid, record in pmids if pmid is not None}


def _abstract(record: etree._Element) -> str:
    return " ".join(text.text or "" for text in record.iterfind(".//AbstractText"))


def test_the_baseline_is_as_large_as_stated_and_both_forms_of_abstract_occur(written: tuple[Path, Planted]) -> None:
    records = _records(written[0], FILES[0])
    assert len(records) == RECORDS + len(written[1].copies)
    assert min(pmid for pmid, _ in records) == FIRST_PMID
    structured = [record for record in records.values() if record.find(".//AbstractText[@Label]") is not None]
    assert 60 < len(structured) < len(records) - 30


def test_what_is_planted_stands_in_the_files(written: tuple[Path, Planted]) -> None:
    folder, planted = written
    baseline, update = (_records(folder, name) for name in FILES)
    retracted = baseline[planted.retracted, 1]
    assert retracted.xpath(".//PublicationType[.='Retracted Publication']")
    assert retracted.xpath(".//CommentsCorrections[@RefType='RetractionIn']/PMID/text()") == [str(planted.notice)]
    notice = update[planted.notice, 1]
    assert notice.xpath(".//CommentsCorrections[@RefType='RetractionOf']/PMID/text()") == [str(planted.retracted)]
    assert _abstract(baseline[planted.versioned, 1]) in _abstract(update[planted.versioned, 2])
    root = etree.fromstring(gzip.decompress((folder / FILES[1]).read_bytes()))
    assert root.xpath("DeleteCitation/PMID/text()") == [str(planted.deleted)]
    assert (planted.deleted, 1) in baseline
    assert {pmid for (pmid, _), record in baseline.items() if not _abstract(record)} == set(planted.bare)


def test_copies_are_near_duplicates_and_no_others_are(written: tuple[Path, Planted]) -> None:
    records = _records(written[0], FILES[0])
    sets = {}
    for (pmid, _), record in records.items():
        words = _abstract(record).casefold().split()
        sets[pmid] = {tuple(words[at : at + 5]) for at in range(len(words) - 4)}

    def jaccard(one: int, two: int) -> float:
        return len(sets[one] & sets[two]) / max(1, len(sets[one] | sets[two]))

    assert all(jaccard(*pair) > 0.85 for pair in written[1].copies)
    full = [pmid for pmid in sets if sets[pmid]]
    others = set(itertools.combinations(sorted(full), 2)) - {tuple(sorted(pair)) for pair in written[1].copies}
    assert max(jaccard(*pair) for pair in others) < 0.7
