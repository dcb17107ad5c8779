"""Whatever a file is made of, a reader yields Documents and Broken records: it never raises, and it counts right."""

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.sources.record import REMEDIES, Broken, Document
from curate.sources.registry import READERS
from schemas.config import Columns, Source, Terms
from schemas.document import KINDS
from schemas.extra import EXTRAS

NATIVE = {"question": "Q?", "opa": "a", "opb": "b", "opc": "c", "opd": "d", "cop": 0, "exp": "Ans. (a)", "id": "1"}
LETTERED = {"question": "Q?", "options": {"A": "a", "B": "b"}, "answer_idx": "A", "answer": "a", "realidx": 3}
MEMBER = {"QUESTION": "Q?", "CONTEXTS": ["c"], "LABELS": ["L"], "final_decision": "yes", "LONG_ANSWER": "x"}
SECTION = {"title": "S", "text": {"div": "<div><p>जाँच</p></div>"}, "entry": [{"reference": "Binary/2"}]}
BUNDLE = {
    "resourceType": "Bundle",
    "id": "b",
    "entry": [
        {"resource": {"resourceType": "Composition", "id": "1", "title": "T", "section": [SECTION]}},
        {"resource": {"resourceType": "Binary", "id": "2", "contentType": "text/html", "data": "PHA+eDwvcD4="}},
    ],
}
PUBMED = (
    '<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">1</PMID><Article>'
    '<ArticleTitle>A <i>b</i> &amp; c</ArticleTitle><Abstract><AbstractText Label="X">d</AbstractText></Abstract>'
    "</Article></MedlineCitation></PubmedArticle><DeleteCitation><PMID>2</PMID></DeleteCitation></PubmedArticleSet>"
)
JATS = (
    '<article><front><article-meta><article-id pub-id-type="doi">10.1/x</article-id></article-meta></front><body><sec>'
    "<title>T</title><p>a <bold>b</bold></p></sec></body></article>"
)


def _parquet():
    file = io.BytesIO()
    pq.write_table(pa.table({"id": ["1", "2"], "text": ["a", "b"]}), file)
    return file.getvalue()


FILES = {
    "pubmed": ("a.xml", PUBMED.encode()),
    "jats": ("a.nxml", JATS.encode()),
    "medmcqa": ("a.jsonl", b"\n".join(json.dumps(row).encode() for row in (NATIVE, LETTERED, NATIVE))),
    "medqa": ("a.jsonl", json.dumps(LETTERED).encode()),
    "pubmedqa": ("a.json", json.dumps({"1": MEMBER, "2": MEMBER}, indent=2).encode()),
    "aci-bench": ("a.csv", b'dataset,encounter_id,dialogue,note\nv,D1,"[doctor] hi\n[patient] hi",NOTE\n'),
    "mimic-note": ("discharge.csv", b'note_id,subject_id,note_type,text\n1,2,DS,"a\n""b"""\n'),
    "fhir": ("a.ndjson", b"\n".join([json.dumps(BUNDLE).encode()] * 2)),
    "table": ("a.csv", b'id,text\n1,"a, b"\n2,c\n'),
    "table parquet": ("a.parquet", _parquet()),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", FILES)
@given(edits=st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 40), st.binary(max_size=8)), max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_stops_a_reader(tmp_path, name, packed, edits):
    file, content = FILES[name]
    if packed and name != "table parquet":
        file, content = f"{file}.gz", gzip.compress(content, mtime=0)
    for anywhere, removed, inserted in edits:
        place = anywhere % (len(content) + 1)
        content = content[:place] + inserted + content[place + removed :]
    path = tmp_path / file
    path.write_bytes(content)
    reader = name.split()[0]
    source = Source(
        reader=reader, paths=(".",), terms=Terms(licence="test"), columns=Columns(id="id", text="text", kind="article")
    )
    records = list(READERS[reader].read((path,), source))
    assert [record.record for record in records] == list(range(len(records)))
    for record in records:
        if isinstance(record, Broken):
            assert record.remedy == REMEDIES[record.reason]
        else:
            assert isinstance(record, Document)
            assert record.kind in KINDS
            assert type(record.extra) is EXTRAS[record.kind]
            "\n".join((record.doc_id, record.text, record.title or "", record.extra.model_dump_json())).encode()
    if not edits:
        assert records
        assert all(isinstance(record, Document) for record in records)
