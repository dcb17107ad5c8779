import base64
import json

import pytest

from curate.sources.html_text import html_text


def b64(text, encoding="utf-8"):
    return base64.b64encode(text.encode(encoding)).decode()


def bundle(*resources, name="b1"):
    entries = [{"fullUrl": f"urn:uuid:{resource.get('id')}", "resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "document", "id": name, "entry": entries}


PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"text": "Lakshmi"}]}
SUMMARY = {
    "resourceType": "Composition",
    "id": "1",
    "title": "Discharge Summary",
    "type": {"coding": [{"code": "373942005", "display": "Discharge summary"}]},
    "subject": {"reference": "urn:uuid:p1"},
    "section": [
        {
            "title": "Chief complaints",
            "text": {
                "status": "generated",
                "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>बुखार &amp; cough</p></div>',
            },
        },
        {"title": "Medications", "entry": [{"reference": "urn:uuid:m1"}, {"reference": "MedicationRequest/m2"}]},
        {"title": "Document", "entry": [{"reference": "DocumentReference/d1"}, {"reference": "urn:uuid:x1"}]},
        {"title": "Reports", "section": [{"entry": [{"reference": "DiagnosticReport/r1"}]}]},
        {"title": "Empty"},
    ],
}
OTHERS = (
    PATIENT,
    {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "medicationCodeableConcept": {"text": "Tab. Azithromycin 500 mg"},
        "dosageInstruction": [{"text": "One tablet OD x 3 days"}],
    },
    {"resourceType": "MedicationRequest", "id": "m2", "text": {"div": "<div>Syrup <b>Paracetamol</b><br/>SOS</div>"}},
    {
        "resourceType": "DocumentReference",
        "id": "d1",
        "content": [
            {"attachment": {"contentType": "text/plain", "data": b64("Plain note\nwith lines")}},
            {
                "attachment": {
                    "contentType": "text/html; charset=utf-8",
                    "data": b64("<p>Page</p><script>bad()</script>"),
                }
            },
            {"attachment": {"contentType": "application/pdf", "data": b64("%PDF")}},
            {"attachment": {"contentType": "text/plain", "url": "https://example.invalid/x"}},
            {"attachment": {"contentType": "text/plain", "data": "!!!"}},
        ],
    },
    {"resourceType": "Binary", "id": "x1", "contentType": "text/plain", "data": b64("From a Binary")},
    {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "code": {"text": "CBC"},
        "conclusion": "Mild anaemia",
        "result": [{"reference": "Observation/o1"}],
    },
    {
        "resourceType": "Observation",
        "id": "o1",
        "code": {"text": "Hb"},
        "valueQuantity": {"value": 9.1, "unit": "g/dL"},
    },
)


def test_a_discharge_summary(read):
    (record,) = read("fhir", json.dumps(bundle(SUMMARY, *OTHERS)).encode(), "b.json")
    assert record.text.split("\n\n") == [
        "Discharge Summary",
        *("Chief complaints", "बुखार & cough"),
        *("Medications", "Tab. Azithromycin 500 mg, One tablet OD x 3 days", "Syrup Paracetamol\nSOS"),
        *("Document", "Plain note\nwith lines", "Page", "From a Binary"),
        *("Reports", "CBC", "Mild anaemia", "Hb, 9.1 g/dL"),
    ]
    assert (record.doc_id, record.kind, record.title) == ("fhir:b1/1", "note", "Discharge Summary")
    assert (record.subject_key, record.extra.note_type) == ("p1", "Discharge summary")
    assert record.flags == ("attachment_elsewhere", "attachment_not_text", "attachment_unreadable")


@pytest.mark.parametrize("name", ["b.ndjson", "b.jsonl.gz"])
def test_one_bundle_a_line(read, name):
    lines = [json.dumps(bundle(SUMMARY, *OTHERS, name=f"b{number}")) for number in range(3)]
    lines[1] = lines[1][:-5]
    first, second, third = read("fhir", "\n".join(lines).encode(), name)
    assert (first.doc_id, second.reason, third.doc_id) == ("fhir:b0/1", "malformed_json", "fhir:b2/1")


def test_a_bundle_without_composition_gives_its_reports(read):
    report, document = read("fhir", json.dumps(bundle(*OTHERS)).encode(), "b.json")
    assert {report.doc_id, document.doc_id} == {"fhir:b1/r1", "fhir:b1/d1"}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "no_records"),
        (b"[]", "unexpected_shape"),
        (b"{", "malformed_json"),
        (b"{}", "malformed_fhir"),
        (b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]}', "no_records"),
        (b'{"resourceType": "Composition", "title": "No id"}', "missing_id"),
        (b'{"resourceType": "Composition", "id": "\xff"}', "bad_encoding"),
    ],
)
def test_what_is_no_document_is_named(read, value, reason):
    assert [record.reason for record in read("fhir", value, "b.json")] == [reason]


WRONG = [None, 5, "text", [], [None], {"reference": 5}, [{"text": 5}], {"div": ["x"]}, [[1]], True]


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("field", ["section", "subject", "title", "type", "text", "entry", "id", "resourceType"])
def test_a_field_of_the_wrong_type_never_stops_the_reader(read, field, wrong):
    inner = {**SUMMARY, "section": [{**SUMMARY["section"][1], field: wrong}], field: wrong}
    assert len(read("fhir", json.dumps(bundle(inner, *OTHERS)).encode(), "b.json")) in {1, 2}
    assert len(read("fhir", json.dumps({**bundle(SUMMARY), field: wrong}).encode(), "b.json")) == 1


def test_a_narrative_that_attacks_reads_no_file(read, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("4711")
    div = f'<!DOCTYPE div [<!ENTITY x SYSTEM "{secret.as_uri()}">]><div>&x; text<iframe src="{secret.as_uri()}"/></div>'
    (record,) = read(
        "fhir", json.dumps({"resourceType": "Composition", "id": "1", "text": {"div": div}}).encode(), "b.json"
    )
    assert "4711" not in record.text
    assert "text" in record.text


def test_a_narrative_too_deep_to_read_is_flagged(read):
    deep = {"resourceType": "Composition", "id": "1", "text": {"div": "<div>" * 5_000 + "x" + "</div>" * 5_000}}
    (record,) = read("fhir", json.dumps(deep).encode(), "b.json")
    assert record.flags == ("narrative_unreadable",)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a</p><p>b</p>", "a\nb"),
        ("a<br/>b", "a\nb"),
        ("<table><tr><th>Hb</th><td>9.1</td></tr><tr><td>WBC</td><td>4</td></tr></table>", "Hb 9.1\nWBC 4"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("  spaced \n  out ", "spaced out"),
        ("&nbsp;&lt;5 &eacute;", "\xa0<5 é"),
        ("<b>bold</b>face", "boldface"),
        ("<p>open <i>tags", "open tags"),
        ("", ""),
        ("रक्त <i>जाँच</i>", "रक्त जाँच"),
    ],
)
def test_html_as_text(markup, text):
    assert html_text(markup) == text
