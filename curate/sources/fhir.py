"""FHIR R4 bundles as the ABDM profiles use them: OPConsultation, DischargeSummary, Prescription, DiagnosticReport.

https://nrces.in/ndhm/fhir/r4 (profiles), https://hl7.org/fhir/R4/bundle.html#references (how references are resolved).
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from curate.sources.html_text import html_text
from curate.sources.json_records import json_lines, parse
from curate.sources.record import Broken, Document, broken
from curate.sources.streams import BOM, MAX_RECORD, ByteStream
from schemas.config import Source
from schemas.extra import NoteExtra

Resource = dict[str, Any]

_ALONE: Final = ("DiagnosticReport", "DocumentReference")
"""What is a document of its own where no Composition gathers it."""
_CHARSETS: Final = frozenset({"utf-8", "us-ascii", "iso-8859-1", "windows-1252", "utf-16"})
_DEPTH = 16  # sections within sections; FHIR sets no limit, no document comes near this


def read(unit: tuple[Path, ...], source: Source) -> Iterator[Document | Broken]:  # noqa: ARG001
    """One Document a Composition; of a bundle without one, each DiagnosticReport and DocumentReference.

    `.json` holds one bundle (or resource), `.ndjson`/`.jsonl` one a line. Ids are `fhir:<bundle>/<resource>`, since the
    Composition of most ABDM bundles is called "1"; the bundle's part is left out where it has no id. Flags:
    `narrative_unreadable`, `attachment_not_text`, `attachment_unreadable`, `attachment_elsewhere` (only an address is
    given, which is never fetched): in each case something of the document is not in its text.
    """
    stream = ByteStream(unit[0])
    name = unit[0].name.lower().removesuffix(".gz").removesuffix(".xz")
    values = json_lines(stream) if name.endswith((".ndjson", ".jsonl")) else _whole(stream)
    index = 0
    for value in values:
        if isinstance(value, str):
            yield broken(index, value)
            index += 1
            continue
        for document in _documents(value, index):
            yield document
            index += 1
    if stream.damage is not None:
        yield broken(index, stream.damage)


def _whole(stream: ByteStream) -> Iterator[Resource | str]:
    """The one value of the file. A document bundle refers back and forth, so it is the record that is held."""
    content = bytearray()
    for chunk in stream:
        content += chunk
        if len(content) > MAX_RECORD:
            yield "record_too_long"
            return
    if stream.damage is None:
        value = parse(bytes(content).removeprefix(BOM)) if content.strip() else "no_records"
        yield value if isinstance(value, dict | str) else "unexpected_shape"


@dataclass(slots=True)
class _Bundle:
    """The resources of a bundle, by every name that a reference may use for them."""

    id: str
    resources: list[Resource]
    names: dict[str, Resource] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)

    def find(self, reference: object) -> Resource | None:
        """What a Reference points to inside this bundle; nothing outside is ever fetched."""
        target = _string(_object(reference).get("reference"))
        return self.names.get(target) or self.names.get("/".join(target.split("/_history/")[0].rsplit("/", 2)[-2:]))


def _bundle(value: Resource) -> _Bundle:
    if value.get("resourceType") != "Bundle":
        return _Bundle("", [value], _names(value, ""))
    bundle = _Bundle(_string(value.get("id")), [])
    for entry in _objects(value.get("entry")):
        resource = _object(entry.get("resource"))
        if resource:
            bundle.resources.append(resource)
            bundle.names |= _names(resource, _string(entry.get("fullUrl")))
    return bundle


def _names(resource: Resource, address: str) -> dict[str, Resource]:
    names = {address: resource} if address else {}
    if name := _string(resource.get("id")):
        names[f"{_string(resource.get('resourceType'))}/{name}"] = resource
    return names


def _documents(value: Resource, index: int) -> Iterator[Document | Broken]:
    if not _string(value.get("resourceType")):
        yield broken(index, "malformed_fhir")
        return
    bundle = _bundle(value)
    roots = [resource for resource in bundle.resources if resource.get("resourceType") == "Composition"]
    roots = roots or [resource for resource in bundle.resources if resource.get("resourceType") in _ALONE]
    if not roots:
        yield broken(index, "no_records")
    for offset, resource in enumerate(roots):
        yield _document(resource, bundle, index + offset)


def _document(resource: Resource, bundle: _Bundle, index: int) -> Document | Broken:
    name = "/".join(part for part in (bundle.id, _string(resource.get("id"))) if part)
    if not name:
        return broken(index, "missing_id")
    bundle.flags.clear()
    title = _string(resource.get("title")).strip()
    if resource.get("resourceType") == "Composition":
        blocks = [title]
        for section in _objects(resource.get("section")):
            blocks += _section(section, bundle, 0)
        blocks = blocks if len(blocks) > 1 else [title, _narrative(resource, bundle)]
    else:
        blocks = _resource(resource, bundle, narrative=True)
    subject = resource.get("subject")
    patient = bundle.find(subject)
    reference = _string(_object(subject).get("reference")).split("/_history/")[0].rsplit("/", 1)[-1]
    return Document(
        f"fhir:{name}",
        "note",
        "\n\n".join(block for block in dict.fromkeys(blocks) if block),
        NoteExtra(note_type=_concept(resource.get("type")) or _concept(resource.get("code")) or None),
        index,
        title=title or None,
        subject_key=(_string(patient.get("id")) if patient else "") or reference or None,
        flags=tuple(sorted(bundle.flags)),
    )


def _section(section: Resource, bundle: _Bundle, depth: int) -> list[str]:
    """Heading, narrative, and what the entries add to it; the narrative of an entry only where the section has none."""
    heading = _string(section.get("title")).strip() or _concept(section.get("code"))
    narrative = _narrative(section, bundle)
    blocks = [narrative]
    for entry in _objects(section.get("entry")):
        if (resource := bundle.find(entry)) is not None:
            blocks += _resource(resource, bundle, narrative=not narrative)
    if depth < _DEPTH:
        for inner in _objects(section.get("section")):
            blocks += _section(inner, bundle, depth + 1)
    blocks = [block for block in blocks if block]
    return [heading, *blocks] if blocks else []


def _resource(resource: Resource, bundle: _Bundle, *, narrative: bool) -> list[str]:
    """The text of one resource: its narrative (or what it is about), its conclusion, its attachments."""
    kind = resource.get("resourceType")
    blocks = []
    if narrative:
        blocks.append(_narrative(resource, bundle) or _statement(resource, bundle))
    blocks.append(_string(resource.get("conclusion")).strip())
    if kind == "DiagnosticReport":
        attachments = _objects(resource.get("presentedForm"))
        if narrative and not _narrative(resource, bundle):
            for result in _objects(resource.get("result")):
                if (observation := bundle.find(result)) is not None:
                    blocks.append(_narrative(observation, bundle) or _statement(observation, bundle))
    elif kind == "DocumentReference":
        attachments = [_object(content.get("attachment")) for content in _objects(resource.get("content"))]
    else:
        attachments = [resource] if kind == "Binary" else []
    return blocks + [_attachment(attachment, bundle) for attachment in attachments]


def _statement(resource: Resource, bundle: _Bundle) -> str:
    """One line of a resource without narrative: what it is about, its value or dosage, its note."""
    medication = bundle.find(resource.get("medicationReference"))
    parts = [
        _concept(resource.get("code")),
        _concept(resource.get("medicationCodeableConcept")),
        _concept(medication.get("code")) if medication else "",
        _string(_object(resource.get("medicationReference")).get("display")) if medication is None else "",
        _string(resource.get("valueString")) or _concept(resource.get("valueCodeableConcept")),
        _quantity(resource.get("valueQuantity")),
        *(_string(dosage.get("text")) for dosage in _objects(resource.get("dosageInstruction"))),
        _string(resource.get("description")),
        *(_string(note.get("text")) for note in _objects(resource.get("note"))),
    ]
    return ", ".join(part.strip() for part in parts if part.strip())


def _attachment(attachment: Resource, bundle: _Bundle) -> str:
    """The text of an attachment of type text/plain or text/html; of any other kind nothing, and a flag."""
    kind, _, parameters = _string(attachment.get("contentType")).lower().partition(";")
    data = _string(attachment.get("data"))
    if not data:
        bundle.flags |= {"attachment_elsewhere"} if attachment.get("url") else set()
        return ""
    if kind.strip() not in {"text/plain", "text/html", "application/xhtml+xml"}:
        bundle.flags.add("attachment_not_text")
        return ""
    charset = parameters.partition("charset=")[2].split(";")[0].strip(" \"'") or "utf-8"
    try:
        if charset not in _CHARSETS:
            raise ValueError("not a character set of the web")
        text = base64.b64decode("".join(data.split()), validate=True).removeprefix(BOM).decode(charset)
        return (text if kind.strip() == "text/plain" else html_text(text)).strip()
    except (binascii.Error, ValueError):
        bundle.flags.add("attachment_unreadable")
        return ""


def _narrative(resource: Resource, bundle: _Bundle) -> str:
    try:
        return html_text(_string(_object(resource.get("text")).get("div")))
    except ValueError:
        bundle.flags.add("narrative_unreadable")
        return ""


def _concept(value: object) -> str:
    """Text of a CodeableConcept: its own words, or the display of its first coding that has one."""
    concept = _object(value)
    displays = (_string(coding.get("display")) for coding in _objects(concept.get("coding")))
    return _string(concept.get("text")).strip() or next(
        (display.strip() for display in displays if display.strip()), ""
    )


def _quantity(value: object) -> str:
    quantity = _object(value)
    number = quantity.get("value")
    if isinstance(number, bool) or not isinstance(number, int | float):
        return ""
    return f"{_string(quantity.get('comparator'))}{number} {_string(quantity.get('unit'))}".strip()


def _object(value: object) -> Resource:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Resource]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
