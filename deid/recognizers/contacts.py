"""E-mail and ABHA addresses, UPI ids, links, IP addresses and handles, written plainly or taken apart."""

import re

import regex

from deid.lexicon import group, values
from deid.note import Note
from schemas.labels import Label

_W = r"\p{L}\p{M}\d"
_AT_WORDS = r"at the rate(?: of)?|at-sign|at sign|at|एट|ऐट|ॲट|अॅट|अ‍ॅट|ఎట్|ಅಟ್|ಆಟ್|அட்|ஏட்|অ্যাট|এট|એટ|ਐਟ|ആറ്റ്|അറ്റ്|ଆଟ୍"
_AT = regex.compile(
    rf"[ ]{{0,3}}(?:@|[(\[{{<⟨][ ]?(?:@|{_AT_WORDS})[ ]?[)\]}}>⟩])[ ]{{0,3}}|[ ](?:{_AT_WORDS})[ ]", regex.IGNORECASE
)
_DOT = (
    r"(?:[ ]{0,2}\.[ ]{0,2}|[ ]?[(\[{][ ]?(?:dot|\.)[ ]?[)\]}][ ]?"
    r"|[ ](?:dot|डॉट|डाट|డాట్|டாட்|ডট|ಡಾಟ್|ഡോട്ട്|ડોટ|ડૉટ|ਡਾਟ|ਡੌਟ|ଡଟ୍|ଡଟ|point)[ ])"
)
_JOIN = (
    rf"(?:{_DOT}|[ ]?[(\[](?:underscore|dash|hyphen)[)\]][ ]?|[ ](?:underscore|under score|dash|hyphen|_|-|अंडरस्कोर|"
    r"அண்டர்ஸ்கோர்|అండర్‌?స్కోర్|ಅಂಡರ್‌?ಸ್ಕೋರ್|അണ്ടർസ്കോർ|આંડરસ્કોર|અંડરસ્કોર|ਅੰਡਰਸਕੋਰ|আন্ডারস্কোর|ଅଣ୍ଡରସ୍କୋର)[ ])"
)
_SAID = "|".join(  # a number in words at the end of a name: "p ninety nine"
    regex.escape(word) for name in ("digit_words.tsv", "number_words.tsv") for word in values(name) if len(word) > 2
)
_JOINED = regex.compile(rf"{_JOIN}|[._@]")
_LOCAL = regex.compile(
    rf"(?:[{_W}](?:[ ][{_W}]){{2,30}}(?:[ ]\.(?:[ ][{_W}]){{1,20}})?"
    rf"|[{_W}_+\-]{{1,90}}(?:{_JOIN}[{_W}_+\-]{{1,90}}){{0,4}}"
    rf"|[{_W}_+\-]{{1,40}}(?:{_JOIN}[{_W}_+\-]{{1,40}}){{1,3}}(?:[ ](?:\d{{1,4}}|{_SAID})){{1,4}}"
    rf"|(?<=(?:upi|id|vpa)[ ])[{_W}]+(?: [{_W}]+)?(?: \d+)?)$",
    regex.IGNORECASE,
)
_LOCAL_ENDS = regex.compile(rf"[{_W}_+\-]")
_NO_LOCAL = regex.compile(rf"(?r)[^{_W}_+\-. ()\[\]{{}}]")  # the last of these before an "at"
_TLD = (
    r"(?:com|in|org|net|co|edu|gov|nic|info|example|invalid|test|ac|res|health|care|io|me|uk|us|"
    r"कॉम|कोम|को|इन|एग्ज़ाम्पल|కామ్|కో|ఇన్|காம்|கோ|இன்|কম|কো|ইন|ಕಾಮ್|ಕೋ|ಇನ್|കോം|കോ|ഇൻ|કોમ|કો|ઇન|ਕਾਮ|ਕੋ|ਇਨ|କମ୍|କମ|କୋ|ଇନ୍)"
)
_HOST = regex.compile(
    rf"(?P<host>[{_W}\-]{{2,40}}(?:{_DOT}[{_W}\-]{{2,40}}){{0,3}}?{_DOT}{_TLD}(?:{_DOT}{_TLD}){{0,2}})(?![{_W}])"
    rf"|(?P<cut>(?:g|y|rediff|hot|out) (?:mail|ahoo|look){_DOT}{_TLD}(?:{_DOT}{_TLD})?)(?![{_W}])"
    rf"|(?P<run>(?:gmail|yahoo|rediffmail|hotmail|outlook|ymail)(?:com|coin|in))(?![{_W}])|(?P<handle>[{_W}]{{2,20}})"
    rf"(?![{_W}@])",
    regex.IGNORECASE,
)
_GLUED_HOST = regex.compile(rf"[{_W}\-]{{2,40}}(?:\.[{_W}\-]{{2,40}}){{1,4}}")
_GLUED_END = regex.compile(r"\.(?:in|com|org|net|co)\p{Ll}*")  # the next word written on to the domain
_HANDLES = group("contacts_handles")
_PROVIDERS = group("contacts_providers")
_ABHA = frozenset(("abdm", "sbx", "ndhm", "एबीडीएम"))
_TOLD = _HANDLES | _PROVIDERS | _ABHA  # what says that an "at" in words is one of an address
_URL = regex.compile(
    r"(?:h(?:tt|xx)ps?|ftp)(?::|\[:\])//[^\s\"'<>|)]{3,300}|(?<![\w.@])www[.\[][^\s\"'<>|)]{3,300}"
    r"|(?<![\w.@/])(?:[A-Za-z0-9\-]{1,40}(?:\.|\[\.\])){1,4}[A-Za-z]{2,10}(?::\d{2,5})?/[^\s\"'<>|)]{1,300}"
    r"|(?<![\w.])(?:[a-z0-9]{1,20} ){0,1}[a-z0-9]{1,20}(?: dot [a-z0-9]{1,20}){1,4}(?: slash [a-z0-9]{1,20}){1,5}",
    regex.IGNORECASE,
)
_SLASHED = re.compile(r"[.\]][A-Za-z]{2,10}(?::\d{2,5})?/")
_BARE_HOST = regex.compile(
    r"(?<![\w.@/])(?:[a-z0-9\-]{2,40}\.){1,3}(?:com|org|net|in|gov\.in|co\.in)(?![\w@.])", regex.IGNORECASE
)
_BREAKER = r"(?:[ ]{0,2}\.[ ]{0,2}|\[\.\]|\(\.\)|[ ]dot[ ])"
_IPV4 = re.compile(
    rf"(\d(?<![\d.].)\d{{0,2}}){_BREAKER}(\d{{1,3}}){_BREAKER}(\d{{1,3}}){_BREAKER}(\d{{1,3}})(?![\d.]*\d)"
)
_IPV6 = regex.compile(
    r"(?<![\w:.])(?:[0-9a-f]{1,4}:){2,7}(?::|[0-9a-f]{1,4})(?::?[0-9a-f]{1,4}){0,5}(?![\w:])", regex.IGNORECASE
)
_VERSION = regex.compile(r"(?:version|firmware|ver|v|rev|release|build)[ .:]*$", regex.IGNORECASE)
_PROFILE = regex.compile(r"(?<![\w.@])@[ ]?[A-Za-z0-9_](?:[ ]?\.[ ]?[A-Za-z0-9_]|[A-Za-z0-9_\-]){2,40}")
_PAYMENT = regex.compile(r"upi|vpa|gpay|phonepe|paytm|यूपीआई|फोनपे|फ़ोनपे|गूगल पे|யுபிஐ|ইউপিআই", regex.IGNORECASE)
_ALONE = regex.compile(r"^[\p{L}\p{M}]+(?: [\p{L}\p{M}]+)?$")


def find(note: Note) -> None:
    """Claim every address in the note."""
    s = note.s
    for match in _URL.finditer(s) if _may_hold_a_link(s) else ():
        note.claim(match.start(), match.end(), Label.URL, 0.95, "url")
    for match in _AT.finditer(s):
        _address(note, match.start(), match.end(), match.group().strip() == "@")
    for match in _BARE_HOST.finditer(s):
        note.claim(match.start(), match.end(), Label.URL, 0.6, "host name")
    for octets in _IPV4.finditer(s):
        if all(int(octet) < 256 for octet in octets.groups()) and not _VERSION.search(
            s, max(0, octets.start() - 14), octets.start()
        ):
            note.claim(octets.start(), octets.end(), Label.IP_ADDRESS, 0.9, "ipv4")
    for match in _IPV6.finditer(s):
        if match.group().count(":") >= 3 and any(c.isalpha() for c in match.group()):
            note.claim(match.start(), match.end(), Label.IP_ADDRESS, 0.9, "ipv6")
    for match in _PROFILE.finditer(s):
        if not match.group()[1:].strip(" .").isdigit():
            note.claim(match.start(), match.end(), Label.OTHER_ID, 0.8, "handle")


def _may_hold_a_link(s: str) -> bool:
    """What every link has, looked for first: the search for links is the slowest of all and hardly a note has one."""
    folded = s.casefold()
    return "//" in s or "www" in folded or " slash " in folded or _SLASHED.search(s) is not None


def _address(note: Note, start: int, end: int, plain: bool) -> None:
    """Decide what stands on both sides of an "at": the left within 90 characters, so that the search stays linear."""
    s = note.s
    far, last = max(0, start - 90), start - (s[start - 1 : start] == "\n")
    right = _HOST.match(s, end) if last and _LOCAL_ENDS.match(s, last - 1) else None
    if right is None:
        return
    if not plain and right["handle"] and right["handle"].casefold() not in _TOLD:
        return
    stop = _NO_LOCAL.search(s, far, last)
    left = _LOCAL.search(s, stop.end() if stop else far, last)
    if left is None:
        return
    if plain and right["handle"] and (glued := _GLUED_HOST.match(s, end)):
        note.claim(left.start(), glued.end(), Label.EMAIL_ADDRESS, 0.8, "e-mail, written on")
        return
    begin, local = left.start(), left.group()
    if host := right["host"] or right["cut"] or right["run"]:
        if not plain and not _JOINED.search(local):
            begin += local.rfind(" ") + 1
        label = Label.IN_ABHA_ADDRESS if host.casefold().startswith("hpr.") else Label.EMAIL_ADDRESS
        glued = _GLUED_END.match(s, right.end()) if plain else None
        note.claim(begin, glued.end() if glued else right.end(), label, 0.95, "e-mail")
        return
    handle = right["handle"].casefold()
    if handle in _PROVIDERS:  # "at gmail" says it all
        if not plain and not _JOINED.search(local):
            begin += local.rfind(" ") + 1
        note.claim(begin, right.end(), Label.EMAIL_ADDRESS, 0.9, "e-mail, provider alone")
        return
    payment = _PAYMENT.search(s, max(0, begin - 40), begin) is not None
    if handle in _ABHA:
        note.claim(begin, right.end(), Label.IN_ABHA_ADDRESS, 0.95, "abha address")
    elif handle in _HANDLES and (plain or payment):
        if not plain and payment:
            begin = _spoken_local(s, begin)
        note.claim(begin, right.end(), Label.IN_UPI_ID, 0.95, "upi handle")
    elif plain and (payment or local.isdigit()) and " " not in s[start:end]:
        note.claim(begin, right.end(), Label.IN_UPI_ID, 0.7, "upi by label")


def _spoken_local(s: str, begin: int) -> int:
    """A name before the local part belongs to it when only a label stands before that ("फोनपे पर: harish gurjar ऐट
    …").
    """
    colon = max(s.rfind(":", max(0, begin - 30), begin), s.rfind("\n", max(0, begin - 30), begin))
    if colon >= 0 and _ALONE.match(s[colon + 1 : begin].strip() or "1"):
        return colon + 1 + len(s[colon + 1 : begin]) - len(s[colon + 1 : begin].lstrip())
    return begin
