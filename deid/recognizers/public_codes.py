"""What looks like an identifier and is everybody's: object identifiers of the DICOM standard, ISBN, bar codes of goods,
pages of public bodies. It stays, so it is decided first.
"""

import re

from deid.lexicon import group
from deid.note import Note

_DICOM = re.compile(r"1\.2\.840\.10008(?<![\d.].{14})(?:\.\d{1,6}){1,10}(?![\d.]*\d)")
"""PS3.6: under this root are classes and transfer syntaxes; those of an image have a maker's root."""
_ISBN = re.compile(r"97[89](?<!\w..)(?:[ -]?\d){10}(?!\d)")
_GOODS = re.compile(r"\d{13,14}(?![\w/\-]|[.,]\d)")
_WRITTEN_ON = tuple("0123456789.,/-")
_INDIAN = ("890", "0890", "1890", "2890", "3890")  # prefixes of GS1 India, of an item and of cartons of it
_EAN = 13  # digits
_SCANNED = re.compile(r"(?:bar ?code|ean|gtin|upc|scan[a-z]*)\W{1,3}(?:[a-z]+ ){0,2}$", re.IGNORECASE)
_GENETIC = re.compile(
    r"(?<![\w*])(?:HLA[ \-]?)?[A-D][A-Z\d]{0,4}\*\d{2,3}(?::\d{2,3}){0,3}[NLSQ]?(?![\w:])"  # alleles
    r"|\b(?:rs|ENS[GTP]|COSM|COSV)\d{4,11}\b|\b(?:NM|NP|NC|NG|NR)_\d{6,9}(?:\.\d{1,2})?(?!\d)"
    r"|\bchr(?:\d{1,2}|[XYM]):g?\.?\d{4,9}(?:[-_]\d{4,9})?(?!\d)"
    r"|\b[cgmnp]\.[\w*>+\-()]{3,40}"
)
_OF_GENES = re.compile(
    r"\*\d\d|rs\d{4}|ENS[GTP]\d|COS[MV]\d|N[MPCGR]_\d|chr[\dXYM]|(?:c\.|g\.|m\.|n\.|p\.)(?<!\w..)[\w(*]"
)
_OF_ARTICLES = re.compile(r"[rR]xiv|rXiv|PMID|PMCID|doi[ :]")
"""Alleles, variants and places of genes: HLA nomenclature, HGVS, dbSNP, RefSeq."""
_ARTICLE = re.compile(r"\b(?:ar[Xx]iv|bio[Rr]xiv|med[Rr]xiv|PMID|PMCID|doi)[ :]{1,2}[\w./\-()]{5,60}")
_OF_TICKETS = re.compile(r"\d{5}(?<=[A-Z]\d{5})")
_TICKET = re.compile(r"\b([A-Z]{2,4})\d{5,9}(?!\w)")
_PAGE = re.compile(
    r"(?:https?://)(?:www\.)?([A-Za-z0-9.\-]{4,60})(?:/[^\s\"'<>|)?@=]{0,300})?(?![^\s\"'<>|)])", re.IGNORECASE
)


def find(note: Note) -> None:
    """Mark them as decided."""
    s = note.s
    if "1.2.840.10008" in s:
        for match in _DICOM.finditer(s):
            note.block(*match.span())
    for sought, pattern in ((_OF_GENES.search(s), _GENETIC), (_OF_ARTICLES.search(s), _ARTICLE)):
        for match in pattern.finditer(s) if sought else ():
            if note.free(*match.span()) and any(c.isdigit() for c in match.group()):
                note.block(*match.span())
    if _OF_TICKETS.search(s):
        for match in _TICKET.finditer(s):
            if match[1] in group("ticket_codes") and not _labelled(note, match.start()):
                note.block(*match.span())
    for match in _ISBN.finditer(s):
        if _ean(re.sub(r"\D", "", match.group())):
            note.block(*match.span())
    for match in _GOODS.finditer(s):
        if s[match.start() - 1 : match.start()] in _WRITTEN_ON:
            continue
        scanned = match.group().startswith(_INDIAN) or _SCANNED.search(s, max(0, match.start() - 40), match.start())
        goods = match.group().startswith("890") and len(match.group()) == _EAN
        if scanned and (goods or _ean(match.group())) and not _labelled(note, match.start()):
            note.block(*match.span())
    if "://" in s:
        for match in _PAGE.finditer(s):
            host = match[1].casefold()
            if any(host == public or host.endswith(f".{public}") for public in group("public_hosts")):
                note.block(*match.span())


def _ean(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (GS1 General Specifications, 7.9)."""
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(reversed(digits)))
    return total % 10 == 0


def _labelled(note: Note, start: int) -> bool:
    """A label of something else than goods stands right before."""
    for cue in reversed(note.labels_before(start)):
        near = start - note.tokens[cue.last - 1].end < 24
        return near and cue.kind != "veto" and "barcode" not in cue.phrase
    return False
