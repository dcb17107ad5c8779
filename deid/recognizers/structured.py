"""Identifiers that their own structure gives away, label or none: grouped Aadhaar, ABHA, PAN, GSTIN, IFSC, EPIC,
plates…

What its structure does not settle (ten digits, twelve digits in a row) is decided by checksum and by what stands
before.
"""

import re

from deid.checksums import aadhaar, luhn, luhn36
from deid.lexicon import Cue, group
from deid.note import Note
from schemas.labels import Label

STATES = (
    "AN|AP|AR|AS|BR|CG|CH|CT|DD|DL|DN|GA|GJ|HP|HR|JH|JK|KA|KL|LA|LD|MH|ML|MN|MP|MZ|NL|OD|OR|PB"
    "|PY|RJ|SK|TG|TN|TR|TS|UA|UK|UP|WB"
)
COUNCILS = (
    "APMC|AMC|BCMR|BMC|CGMC|DMC|GMC|HMC|HPMC|JKMC|JCMR|KMC|TCMC|MPMC|MMC|MNMC|MSMC|NMC|MCI|OCMR"
    "|PMC|RMC|SMC|TNMC|TSMC|TGMC|"
    "TMC|UPMC|UKMC|UMC|WBMC|DCI|INC|CCIM|NCISM|RCI|TNNMC|KNMC|MNC|CCH|NCH|DGS/MH"
)
# A form begins with the character that it is sought by, and what may not stand before is looked at there (`.` is that
# character): three times as quick as to look back at every place of a text.
_GROUP4 = re.compile(
    r"([2-9](?<![\w.,/].)(?<!\d[ \-].)\d{3})[ \-.]{1,2}(\d{4})[ \-.]{1,2}(\d{4})(?![ \-.]?\d)(?![%\w])"
)
_STRANGE4 = re.compile(
    r"[\dOolIZSB](?<![\w.].)(?<!\d[ \-].)[\dOolIZSB]{3}([ \-]{1,2})[\dOolIZSB]{4}\1[\dOolIZSB]{4}(?![\w])(?![ \-]\d)"
)
_OCR = str.maketrans("OolIZSB", "0011258")
_VID = re.compile(
    r"([2-9](?<![\w.].)(?<!\d[ \-].)\d{3})[ \-]{1,2}(\d{4})[ \-]{1,2}(\d{4})[ \-]{1,2}(\d{4})(?![ \-]?\d)"
)
_H, _V = r"[Xx*•#∙●■▪█▓○◦×]", r"[\dOolI]"  # hidden; visible, slips of a scanner among it
_HIDDEN = re.compile(rf"{_H}{{4}}")
_MASKED = re.compile(
    rf"(?<![A-Za-z\d])(?=[^\n]{{0,12}}{_H}{{4}})(?=(?:[Xx*•#∙OoIl \-.]{{0,12}}\d){{2}})"
    rf"(?:{_H}{{4}}|{_V}{{4}})([ \-.]{{0,2}})(?:{_H}{{4}}|{_V}{{4}})\1"
    rf"(?:{_H}{{4}}|{_V}{{2}}[\dOolIXx]{{2}})(?![A-Za-z\d])"
    rf"|(?<![A-Za-z\d])(?:{_H}{{4}}[ \-]{{0,2}}){{2}}\d(?: ?\d){{3}}(?!\d)"
)
_MASKED_PHONE = re.compile(r"(?<![\w])(?:\+91[ \-]?)?(?:\d{2}[Xx*•#]{4,6}\d{2,4}|[Xx*•#]{6}\d{4})(?!\d)")
_TWELVE = re.compile(r"[2-9](?<![\w.+].)\d{11}(?![\w.]?\d)(?!\w)")
_ABHA = re.compile(r"\d(?<![\w\-].)\d([ \-]{1,2})\d{4}\1\d{4}\1\d{4}(?![\d\-])")
_ABHA_RUN = re.compile(r"91(?<![\w.\-]..)\d{12}(?![\w.]?\d)")
_GSTIN = re.compile(
    r"(\d(?<![A-Za-z\d].)\d)[ \-]?([A-Z]{5})[ \-]?(\d{4})[ \-]?([A-Z])[ \-]?([0-9A-Z])[ \-]?([A-Z][0-9A-Z])"
    r"(?![A-Za-z\d])"
)
_PAN = re.compile(r"[A-Z](?<![A-Za-z\d].)[A-Z]{2}[ABCFGHJLPTEK][A-Z][ \-]?\d{4}[ \-]?[A-Z](?![A-Za-z\d])")
_IFSC = re.compile(r"[A-Z](?<![A-Za-z\d].)[A-Z]{3}0(?=[A-Z]{0,3}\d)[A-Z0-9]{6}(?![A-Za-z\d])")
_IFSC_MISREAD = re.compile(r"[A-Z](?<![A-Za-z\d].)[A-Z]{3}(?=[O\d]{0,4}\d{3})[0O][O\d]{6}(?![A-Za-z\d])")
_ACCOUNT = re.compile(r"\d(?<![\w./\-,].)\d{8,17}(?![\w/\-]|[.,]\d)")
_NEAR_BRANCH = 48  # characters between the code of a branch and an account there
_EPIC = re.compile(r"[A-Z](?<![A-Za-z\d].)[A-Z]{2}[ /]{0,2}(\d{7})(?![A-Za-z\d])")
_OLD_EPIC = re.compile(
    rf"(?:{STATES})(?<![A-Za-z\d]..) ?/ ?{_V}{{2,3}} ?/ ?{_V}{{2,3}} ?/ ?(?={_V}{{0,3}}\d)"
    rf"{_V}{{3,4}} ?{_V}{{2,3}}(?!\w)"
)
_LICENCE = re.compile(
    rf"(?:{STATES})(?<![A-Za-z\d]..)[ \-]{{0,2}}\d{{2,3}}[A-Z]?[ \-/]{{0,2}}(?:19|20)\d{{2}}[ \-/]{{0,2}}\d{{7}}(?!\d)"
)
_PLATE = re.compile(
    rf"(?:{STATES})(?<![A-Za-z\d]..)[ \-.]{{0,2}}\d{{1,2}}[A-Z]?[ \-.]{{0,2}}([A-Z]{{1,3}})[ \-.\n]{{0,2}}\d{{4}}"
    rf"(?![A-Za-z\d])"
)
_STACKED_PLATE = re.compile(
    rf"(?:{STATES})(?<![A-Za-z\d]..)[ \-.]{{0,2}}\d{{1,2}}[ ]?\n[ ]?[A-Z]{{1,3}}[ \-.]{{0,2}}\d{{4}}(?![A-Za-z\d])"
)
_BHARAT = re.compile(r"\d(?<![A-Za-z\d].)\d[ \-.]?BH[ \-.]?\d{4}[ \-.]?[A-HJ-NP-Z]{1,2}(?![A-Za-z\d])")
_CLINICAL = group("clinical_letters")
_MOBILE = re.compile(
    r"(?=[+(\d])(?<![\w.])(?<![\d/][ \-])(?:(?:\+|00)?91[ \-.]{0,3}|\+?0[ \-]?)?(?:\(0\)[ ]?)?"
    r"(?:[6-9]\d{9}|[6-9]\d{4}[ \-./]{1,2}\d{5}|[6-9]\d{2}[ \-.]{1,2}\d{3}[ \-.]{1,2}\d{4}|[6-9]\d{3}["
    r" \-.]\d{3}[ \-.]\d{3}"
    r"|[6-9]\d{4}[ \-.]\d{2}[ \-.]\d{3}|[6-9]\d[ \-.]\d{4}[ \-.]\d{4})(?:/\d{2})?(?![\d])(?![.,]\d)"
)
_LANDLINE = re.compile(
    r"(?=[+(0])(?<![\w(./])(?:\(0?\d{2,4}\)|(?:\+91[ \-]?|0)[1-9]\d{1,3})[ \-]{1,3}[2-7]\d{2,3}[ \-]?\d{3,4}(?!\d)"
)
_TOLL_FREE = re.compile(r"18(?<!\d..)[06]0[ \-]?\d{2,4}[ \-]?\d{3,5}(?!\d)")
_COUNCIL = re.compile(
    rf"(?=[A-Z])(?<![A-Za-z\d])(?:{COUNCILS})[ /.:\-\n]{{0,3}}(?:(?:Regn?|REGN?)[ .]{{0,2}})?"
    r"(?:(?:No|no|NO)\.?[ :]{0,2})?(?:[A-Z]{1,4}[/\-])?(?:\d{1,4}[/\-])?(?:\d{1,4}[/\-])?[ ]?\d(?:[ ]?\d){2,9}(?!\d)"
)
_COUNCIL_HEAD = re.compile(r"[A-Z/]+[ .:\-\n]{0,3}(?:(?:Regn?|REGN?)[ .]{0,2})?(?:(?:No|no|NO)\.?[ :]{0,2})?")
_SPACED_COUNCIL = re.compile(r"[A-Z](?<![A-Z\d].) (?:[A-Z] ){1,3}[A-Z] (?:\d ){3,6}\d(?!\d)")
_UID_DOTS = re.compile(r"\d(?<![\d.].)(?:\.\d{1,12}){5,12}(?![\d.])")
_UDID = re.compile(r"[A-Z](?<![A-Za-z\d].)[A-Z]\d{6}(?:19|20)\d{8}(?!\d)")
_MASKED_ACCOUNT = re.compile(r"[Xx*•#](?<!\w.)[Xx*•#]{4,13}\d{3,4}(?!\d)")
_COORDINATES = re.compile(r"\d(?<![\w.,].)\d?\.\d{3,8}[° ]?N?, ?[6-9]\d\.\d{3,8}(?![\d.])[° ]?E?")
_SERIAL = re.compile(r"[A-Z](?<![\w\-/].)[A-Z]{2}\d{6}[A-Z]?(?![\w\-/])")
_DEVICE = re.compile(
    r"pacemaker|generator|\bicd\b|\bcrt|\blead|implant|device|\bpump|valve|sensor|recorder|stimulator|processor",
    re.IGNORECASE,
)
_NEAR_DEVICE = 60  # characters between a device and its number
_STAMP = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d")
_NEAR_LABEL = 5  # characters between a label and the council that issued a number
_NEXT = re.compile(r" \d{3,6}(?!\d| \d{5}|[\-.])")
_LISTED = re.compile(r"\W{0,3}\d{6,9} (?:and|&|to|or|,) ")
_UNIT = re.compile(
    r"\s?(?:mg|mcg|iu|ml|mmhg|cells|/cumm|/ul|/cu|lakh|g/dl|%|bpm|meq|u/l|copies|ng|pg|kg|units?)\b", re.IGNORECASE
)


def find(note: Note) -> None:
    """Claim what structure or checksum settles. Runs after the labelled values, so a label always wins."""
    s = note.s
    for match in _GSTIN.finditer(s):
        code = "".join(match.groups())
        if not luhn36(code) and vetoed(note, *match.span()):
            continue
        note.claim(*match.span(), Label.IN_GSTIN, 1.0 if luhn36(code) else 0.7, "gstin shape")
    for match in _MASKED.finditer(s) if _HIDDEN.search(s) else ():
        note.claim(*match.span(), Label.IN_AADHAAR, 0.9, "masked aadhaar")
    for match in _VID.finditer(s):
        digits = "".join(match.groups())
        if aadhaar(digits) and not luhn(digits) and not vetoed(note, *match.span()):
            note.claim(*match.span(), Label.IN_AADHAAR, 0.9, "vid, verhoeff")
    for match in _ABHA.finditer(s):
        if not vetoed(note, *match.span()):
            note.claim(*match.span(), Label.IN_ABHA_NUMBER, 0.85, "abha grouping")
    for match in _ABHA_RUN.finditer(s):
        if luhn(match.group()) and not vetoed(note, *match.span()):
            note.claim(*match.span(), Label.IN_ABHA_NUMBER, 0.6, "abha, luhn")
    for pattern in (_GROUP4, _TWELVE):
        for match in pattern.finditer(s):
            digits = re.sub(r"\D", "", match.group())
            if aadhaar(digits) and not _STAMP.fullmatch(digits) and not vetoed(note, *match.span()):
                note.claim(*match.span(), Label.IN_AADHAAR, 0.9 if pattern is _GROUP4 else 0.7, "verhoeff")
    for match in _STRANGE4.finditer(s):
        digits = re.sub(r"\D", "", match.group().translate(_OCR))
        if sum(c.isdigit() for c in match.group()) >= 9 and aadhaar(digits) and not vetoed(note, *match.span()):
            note.claim(*match.span(), Label.IN_AADHAAR, 0.7, "verhoeff, read by a machine")
    for match in _LICENCE.finditer(s):
        note.claim(*match.span(), Label.IN_DRIVING_LICENSE, 0.9, "licence shape")
    for match in _PLATE.finditer(s):
        if match[1] not in _CLINICAL or match.group()[-4:-2] not in ("19", "20"):  # AP 12 HR 2019
            note.claim(*match.span(), Label.IN_VEHICLE_REGISTRATION, 0.85, "plate shape")
    for match in _STACKED_PLATE.finditer(s):
        note.claim(*match.span(), Label.IN_VEHICLE_REGISTRATION, 0.8, "plate in two rows")
    for match in _BHARAT.finditer(s):
        note.claim(*match.span(), Label.IN_VEHICLE_REGISTRATION, 0.9, "bharat plate")
    for match in _PAN.finditer(s):
        if not vetoed(note, *match.span()):
            note.claim(*match.span(), Label.IN_PAN, 0.85, "pan shape")
    for match in (*_IFSC.finditer(s), *_IFSC_MISREAD.finditer(s)):
        if not vetoed(note, *match.span()):
            note.claim(*match.span(), Label.IN_IFSC, 0.85, "ifsc shape")
            _account_beside(note, *match.span())
    for match in _COUNCIL.finditer(s):
        if re.match(r"[A-Z]+\d{7}", match.group()):
            continue  # an article's number of PubMed Central looks so
        head = _COUNCIL_HEAD.match(match.group())
        start = match.start() + (head.end() if head else 0)
        if match.group().startswith("DGS") or "\n" in match.group() or set("/-") & set(match.group()[:6]):
            start = match.start()  # "DMC/R/12345" is all number
        if registered(note, match.start()):
            start = match.start()  # "Regn KMC 88213"
        note.claim(start, match.end(), Label.MEDICAL_LICENSE, 0.85, "medical council")
    for match in _SPACED_COUNCIL.finditer(s):
        if re.match(rf"(?:{COUNCILS})\d", match.group().replace(" ", "")):
            note.claim(*match.span(), Label.MEDICAL_LICENSE, 0.8, "medical council, spaced")
    for match in _UDID.finditer(s):
        note.claim(*match.span(), Label.OTHER_ID, 0.7, "udid shape")
    for match in _UID_DOTS.finditer(s):
        note.claim(*match.span(), Label.OTHER_ID, 0.7, "dicom uid")
    for match in _OLD_EPIC.finditer(s):
        note.claim(*match.span(), Label.IN_VOTER, 0.7, "epic of old")
    for match in _EPIC.finditer(s):
        if luhn(match[1]) and not vetoed(note, *match.span()):
            note.claim(*match.span(), Label.IN_VOTER, 0.7, "epic, luhn")
    for match in _MASKED_ACCOUNT.finditer(s):
        note.claim(*match.span(), Label.BANK_ACCOUNT, 0.6, "masked number")
    for match in _COORDINATES.finditer(s):
        note.claim(*match.span(), Label.LOCATION, 0.8, "coordinates")
    for match in _SERIAL.finditer(s):
        near = s[max(0, match.start() - _NEAR_DEVICE) : match.end() + _NEAR_DEVICE]
        lot = any(cue.kind == "veto" and "icd" not in cue.phrase for cue in note.labels_before(match.start())[-1:])
        if _DEVICE.search(near) and not lot:
            note.claim(*match.span(), Label.DEVICE_ID, 0.7, "serial number of an implant")
    phones(note)


def _account_beside(note: Note, start: int, end: int) -> None:
    """The number of an account on the line of its branch's code; ten digits are decided with the telephones."""
    s = note.s
    least = max(0, start - _NEAR_BRANCH)
    first = max(s.rfind("\n", least, start) + 1, least)
    stop = s.find("\n", end, end + _NEAR_BRANCH)
    for match in _ACCOUNT.finditer(s, first, stop if stop >= 0 else min(len(s), end + _NEAR_BRANCH)):
        if not _MOBILE.fullmatch(match.group()) and not vetoed(note, *match.span()):
            note.claim(*match.span(), Label.BANK_ACCOUNT, 0.7, "account beside its branch")


def toll_free(note: Note) -> None:
    """Mark toll-free and shared-cost lines as decided: they are nobody's and stay."""
    for match in _TOLL_FREE.finditer(note.s):
        if note.free(*match.span()):
            note.block(*match.span())


def registered(note: Note, start: int) -> bool:
    """The word for a registration stands right before."""
    for cue in reversed(note.labels_before(start)):
        gap = note.s[note.tokens[cue.last - 1].end : start]
        told = cue.kind in (Label.MEDICAL_RECORD_NUMBER, Label.MEDICAL_LICENSE)
        return told and len(gap) <= _NEAR_LABEL and not any(c.isalnum() for c in gap)
    return False


def phones(note: Note) -> None:
    """Claim telephone numbers by their shape."""
    s = note.s
    for match in _MOBILE.finditer(s):
        if not vetoed(note, *match.span(), telephone=True) and not _in_a_row(note, *match.span()):
            note.claim(*match.span(), Label.PHONE_NUMBER, 0.8, "mobile shape")
    for match in _LANDLINE.finditer(s):
        if not vetoed(note, *match.span(), telephone=True):
            note.claim(*match.span(), Label.PHONE_NUMBER, 0.75, "landline shape")
    for match in _MASKED_PHONE.finditer(s) if _HIDDEN.search(s) else ():
        note.claim(*match.span(), Label.PHONE_NUMBER, 0.6, "masked phone")


def _of_a_measure(note: Note, cue: Cue) -> bool:
    """A unit behind its number, "5 ml/hr": it says nothing of a number that stands further on."""
    before = note.tokens[cue.first - 1] if cue.first else None
    return before is not None and before.kind == "number" and note.tokens[cue.first].start - before.end <= 1


def _in_a_row(note: Note, start: int, end: int) -> bool:
    """Parts of a number with blanks, and behind them, after one blank, another number: a row of figures."""
    s = note.s
    if " " not in s[start:end].removeprefix("+91 ") or not _NEXT.match(s, end):
        return False
    return not any(cue.kind == Label.PHONE_NUMBER for cue in note.labels_before(start)[-1:])


def vetoed(note: Note, start: int, end: int, telephone: bool = False) -> bool:
    """A lot, a code, a count or a unit stands beside the number; the bed or ward of a telephone is none of these."""
    s = note.s
    if _UNIT.match(s, end):
        return True
    line = s.rfind("\n", max(0, start - 33), start) + 1
    for cue in reversed(note.labels_before(start)):
        at = note.tokens[cue.first].start
        if at < max(line, start - 32):
            break
        between = s[note.tokens[cue.last - 1].end : start]
        if cue.kind == "veto" and any(c.isdigit() for c in between) and not _LISTED.fullmatch(between):
            continue
        if telephone and cue.phrase in group("numbered_places") and any(c.isalpha() for c in between):
            continue  # "Ward desk 080-…"
        if cue.kind == "veto" and _of_a_measure(note, cue) and ("," in between or between.count(" ") > 1):
            continue
        return cue.kind == "veto"
    return False
