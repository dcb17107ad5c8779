"""E-mail and ABHA addresses, UPI ids, links, IP addresses and handles, written plainly or taken apart."""

import re
from bisect import bisect_right
from functools import cache
from ipaddress import IPv6Address

import regex

from deid.lexicon import group, one_of, values
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.recognizers.versions import is_version
from schemas.labels import Label

_W = r"\p{L}\p{M}\d"
_AT_WORDS = (
    r"at the rate(?: of)?|at-sign|at sign|at|एट|ऐट|ॲट|अॅट|अ‍ॅट|ఎట్|ಅಟ್|ಆಟ್|அட்|ஏட்|অ্যাট|এট|એટ|ਐਟ|ആറ്റ്|അറ്റ്|ଆଟ୍|ایٹ دی ریٹ|ایٹ|اٹ"
)
_ESCAPED_AT = regex.compile(  # in links, HTML, JSON and mail
    r"%40|&#0{0,3}64;|&#x40;|&commat;|\\u0040|(?<=\w)=40(?=[A-Za-z])", regex.IGNORECASE
)
_AT = regex.compile(
    rf"[ ]{{0,3}}(?:@|[(\[{{<⟨][ ]?(?:@|{_AT_WORDS})[ ]?[)\]}}>⟩])[ ]{{0,3}}|[ ](?:{_AT_WORDS})[ ]",
    regex.IGNORECASE,
)
_DOT = (
    r"(?:[ ]{0,2}\.[ ]{0,2}|&#0{0,3}46;|&#x2e;|&period;|%2e|[ ]?[(\[{][ ]?(?:dot|\.)[ ]?[)\]}][ ]?"
    r"|[ ](?:dot|डॉट|डाट|డాట్|டாட்|ডট|ಡಾಟ್|ഡോട്ട്|ડોટ|ડૉટ|ਡਾਟ|ਡੌਟ|ଡଟ୍|ଡଟ|ڈاٹ|point)[ ])"
)
_JOIN = (
    rf"(?:{_DOT}|\\[EFRST]\\|[ ]?[(\[](?:underscore|dash|hyphen)[)\]][ ]?"
    r"|[ ](?:underscore|under score|dash|hyphen|_|-|अंडरस्कोर|"
    r"அண்டர்ஸ்கோர்|అండర్‌?స్కోర్|ಅಂಡರ್‌?ಸ್ಕೋರ್|അണ്ടർസ്കോർ|આંડરસ્કોર|અંડરસ્કોર|ਅੰਡਰਸਕੋਰ|আন্ডারস্কোর|ଅଣ୍ଡରସ୍କୋର|انڈر ?اسکور|ڈیش)[ ])"
)
_SAID = "|".join(  # a number in words at the end of a name: "p ninety nine"
    regex.escape(word) for name in ("digit_words.tsv", "number_words.tsv") for word in values(name) if len(word) > 2
)
_SAID_NUMBER = one_of({w for name in ("digit_words.tsv", "number_words.tsv") for w in values(name)})
_SAID_PATH = (  # a piece of a link read out: "slash asha underscore four two"
    rf"(?: slash [a-z0-9]{{1,20}}(?: (?:(?:underscore|under score|dash|hyphen|dot) [a-z0-9]{{1,20}}"
    rf"|(?:{_SAID}|[a-z]|\d{{1,4}})(?!\w))){{0,8}})"
)
_JOINED = regex.compile(rf"{_JOIN}|[._@]")
_LOCAL = regex.compile(
    rf"(?:[{_W}](?:[ ][{_W}]){{2,30}}(?:[ ]\.(?:[ ][{_W}]){{1,20}})?"
    rf"|[{_W}_+*\-]{{1,90}}(?:{_JOIN}[{_W}_+\-]{{1,90}}){{0,4}}"
    rf"|[{_W}_+\-]{{1,40}}(?:{_JOIN}[{_W}_+\-]{{1,40}}){{1,3}}(?:[ ](?:\d{{1,4}}|{_SAID})){{1,4}}"
    rf"|(?<=(?:upi|id|vpa)[ ])[{_W}]+(?: [{_W}]+)?(?: \d+)?)$",
    regex.IGNORECASE,
)
_LOCAL_ENDS = regex.compile(rf"[{_W}_+\-]")
_ABOVE = re.compile(r"(?<![\w.@/])(?:[a-z]{2,30}(?:[._][a-z\d]{2,30}){1,3}[._\-]?|[a-z\d]{3,30}[_\-])\n$")
"""A name cut at the end of a line, with marks in it: "asha.devi" and "74@…" below."""
_NO_LOCAL = regex.compile(rf"(?r)[^{_W}_+*\-. ()\[\]{{}}\\]")  # the last of these before an "at"
_TLD = (
    r"(?:com|in|org|net|co|edu|gov|nic|info|example|invalid|test|ac|res|health|care|io|me|uk|us|"
    r"कॉम|कोम|को|इन|एग्ज़ाम्पल|కామ్|కో|ఇన్|காம்|கோ|இன்|কম|কো|ইন|ಕಾಮ್|ಕೋ|ಇನ್|കോം|കോ|ഇൻ|કોમ|કો|ઇન|ਕਾਮ|ਕੋ|ਇਨ|କମ୍|କମ|କୋ|ଇନ୍|کام|کو|ان)"
)
_HOST = regex.compile(
    rf"(?P<host>[{_W}\-]{{2,40}}(?:{_DOT}[{_W}\-]{{2,40}}){{0,3}}?{_DOT}{_TLD}(?:{_DOT}{_TLD}){{0,2}})(?![{_W}])"
    rf"|(?P<cut>(?:g|y|rediff|hot|out) (?:mail|ahoo|look){_DOT}{_TLD}(?:{_DOT}{_TLD})?"
    rf"|(?:gmail|yahoo|ymail|rediffmail|hotmail|outlook|icloud)[ ]?[,;:][ ]?(?:com|in|co[,;:.]in))(?![{_W}])"
    rf"|(?P<run>(?:gmail|yahoo|rediffmail|hotmail|outlook|ymail)(?:com|coin|in))(?![{_W}])"
    rf"|(?P<handle>a b d m|ok (?:sbi|axis|icici|hdfc ?bank)|[yia] [bx] l|p t (?:sbi|axis|hdfc|yes)|[{_W}]{{2,20}})"
    rf"(?![{_W}@])",
    regex.IGNORECASE,
)
_GLUED_HOST = regex.compile(rf"[{_W}\-]{{2,40}}(?:\.[{_W}\-]{{2,40}}){{1,4}}")
_GLUED_END = regex.compile(r"\.(?:in|com|org|net|co)\p{Ll}*")  # the next word written on to the domain
_HANDLES = group("contacts_handles")
_PROVIDERS = group("contacts_providers")
_ABHA = frozenset(("abdm", "sbx", "ndhm", "एबीडीएम"))
_TOLD = _HANDLES | _PROVIDERS | _ABHA  # what says that an "at" in words is one of an address
_REST = r"[\w\-/?&=%#.~]"
_BELOW = re.compile(
    rf"\n[ ]?(?:[_/?&=%#]{_REST}{{2,200}}|[\w\-/%]{{1,80}}(?:[_=?&]|\.(?:html?|php|pdf|aspx?)\b){_REST}{{0,200}})"
)
_BELOW_A_MARK = re.compile(rf"\n[ ]?(?=[\w\-]{{0,60}}[\d_/?&=%#.]\w){_REST}{{2,200}}")
_SLASHED = re.compile(r"[.\]][A-Za-z]{2,10}(?::\d{2,5})?/")
_BARE_HOST = regex.compile(  # "weekly.In" ends a sentence
    r"(?<![\w.@/])(?:[A-Za-z0-9\-]{2,40}\.){1,3}(?:com|org|net|in|gov\.in|co\.in|COM|ORG|NET|IN|GOV\.IN|CO\.IN)"
    r"(?![\w@.])"
)
_SAID_DOT = regex.compile(r"[ ](?:dot|point|डॉट|डाट|డాట్|டாட்|ডট|ಡಾಟ್|ഡോട്ട്|ડોટ|ਡਾਟ|ଡଟ|ڈاٹ)[ ]", regex.IGNORECASE)
_DOTS = (" dot ", " Dot ", " DOT ", " point ", "डॉट", "डाट", "డాట్", "டாட்", "ডট", "ಡಾಟ್", "ഡോട്ട്", "ડોટ", "ਡਾਟ", "ଡଟ", "ڈاٹ")
_OCTET = rf"(?:{_SAID_NUMBER}|\d{{1,3}}|oh?)(?:(?:[ \-]|[ ]and[ ])(?:{_SAID_NUMBER}|\d{{1,3}}|oh?)){{0,4}}"
_BREAKER = r"(?:[ ]{0,2}\.[ ]{0,2}|\[\.\]|\(\.\)|[ ]dot[ ])"
_IPV4 = re.compile(
    rf"(\d(?<![\d.].)\d{{0,2}}){_BREAKER}(\d{{1,3}}){_BREAKER}(\d{{1,3}}){_BREAKER}(\d{{1,3}})(?![\d.]*\d)"
)
_IPV6 = re.compile(r"(?<![\w:.])[0-9a-fA-F]{0,4}(?::\n?[0-9a-fA-F]{0,4}){2,8}(?:\.\d{1,3}){0,3}(?![\w:])")
_MAC = re.compile(r"(?<![\w:\-])[0-9A-Fa-f]{2}([:\-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:\-])")
_PAIRS = re.compile(
    r"[:\-][0-9A-Fa-f]{1,4}[:\-][0-9A-Fa-f]{1,4}[:\-][0-9A-Fa-f]{1,4}[:\-]"
)  # where a MAC or IPv6 may be
_PROFILE = regex.compile(r"(?<![\w.@])@[ ]?[A-Za-z0-9_](?:[ ]?\.[ ]?[A-Za-z0-9_]|[A-Za-z0-9_\-]){2,40}")
_HOME = regex.compile(r"[\\/](?:Users|home|Documents and Settings|Profiles)[\\/]([\w.\-]{2,40})", regex.IGNORECASE)
_NOBODY = frozenset(("public", "default", "all", "shared", "admin", "administrator", "user", "guest", "root", "ubuntu"))
_RATE = regex.compile(r"@[ ]?[\d.]+[ ]?[A-Za-z]{0,6}\Z")  # "@ 5mcg", "@2L": so much at a time
_PAYMENT = regex.compile(r"upi|vpa|gpay|phonepe|paytm|यूपीआई|फोनपे|फ़ोनपे|गूगल पे|யுபிஐ|ইউপিআই", regex.IGNORECASE)
_LATIN = re.compile(r"[a-z\d]+")
_SHORTEST_HANDLE = 2  # letters of a handle that an ending may be written on to
_FEWEST_HEX = 3
_FEWEST_GROUPS = 4  # of an IPv6 address on two lines
_SHORTEST_PAYEE = 6  # digits of a payment address by number; "80@rest" is a rate
_LONGEST_SAID = 16  # words of a name read out before an "at"
_ALONE = regex.compile(r"^[\p{L}\p{M}]+(?: [\p{L}\p{M}]+)?$")


@cache  # takes a while to compile, and few texts need it
def _url() -> "regex.Pattern[str]":
    return regex.compile(
        r"(?:h(?:tt|xx)ps?|ftp)(?::|\[:\])//[^\s\"'<>|)]{3,300}|(?<![\w.@])www[.\[][^\s\"'<>|)]{3,300}"
        r"|(?<![\w.@/])(?:[A-Za-z0-9\-]{1,40}(?:\.|\[\.\])){1,4}[A-Za-z]{2,10}(?::\d{2,5})?/[^\s\"'<>|)]{1,300}"
        rf"|(?<![\w.])(?:w w w|www)(?: dot [a-z0-9]{{1,20}}){{1,4}}{_SAID_PATH}{{0,5}}"
        rf"|(?<![\w.])(?:[a-z0-9]{{1,20}} ){{0,1}}[a-z0-9]{{1,20}}(?: dot [a-z0-9]{{1,20}}){{1,4}}{_SAID_PATH}{{1,5}}",
        regex.IGNORECASE,
    )


@cache
def _said_ipv4() -> "regex.Pattern[str]":
    return regex.compile(rf"(?<![\w.])(?:{_OCTET}{_SAID_DOT.pattern}){{3}}{_OCTET}(?!\w)", regex.IGNORECASE)


def find(note: Note) -> None:
    """Claim every address in the note."""
    s = note.s
    for match in _url().finditer(s) if _may_hold_a_link(s) else ():
        note.claim(match.start(), _next_line(s, match.end()), Label.URL, 0.95, "url")
    for match in _said_ipv4().finditer(s) if any(dot in s for dot in _DOTS) and len(_SAID_DOT.findall(s)) > 2 else ():
        note.claim(match.start(), match.end(), Label.IP_ADDRESS, 0.9, "ipv4, read out")
    for match in _AT.finditer(s):
        _address(note, match.start(), match.end(), match.group().strip() == "@")
    for match in _ESCAPED_AT.finditer(s) if any(escape in s for escape in ("40", "&#", "&com")) else ():
        _address(note, match.start(), match.end(), plain=True)
    for match in _BARE_HOST.finditer(s):
        note.claim(match.start(), match.end(), Label.URL, 0.6, "host name")
    for octets in _IPV4.finditer(s):
        if is_version(s, octets.start(), int(octets[1])):
            note.block(*octets.span()) if note.free(*octets.span()) else None
        elif all(int(octet) < 256 for octet in octets.groups()):
            note.claim(octets.start(), octets.end(), Label.IP_ADDRESS, 0.9, "ipv4")
    for found in _IPV6.finditer(s) if "::" in s or _PAIRS.search(s) else ():
        if _is_ipv6(found.group().replace("\n", "")) and _wrapped_late(found.group()):
            note.claim(*found.span(), Label.IP_ADDRESS, 0.9, "ipv6")
    for found in _MAC.finditer(s) if _PAIRS.search(s) else ():
        if any(c.isalpha() for c in found.group()):
            note.claim(*found.span(), Label.DEVICE_ID, 0.9, "hardware address")
    for match in _HOME.finditer(s) if "\\" in s or "/home/" in s or "/Users/" in s else ():
        if match[1].casefold() not in _NOBODY:
            note.claim(*match.span(1), Label.OTHER_ID, 0.8, "home folder")
    for match in _PROFILE.finditer(s):
        if not match.group()[1:].strip(" .").isdigit() and not _RATE.fullmatch(match.group()):
            note.claim(match.start(), match.end(), Label.OTHER_ID, 0.8, "handle")


def _next_line(s: str, end: int) -> int:
    """Where a link ends that goes on below: it broke at a mark, or what stands below begins with one or holds one that
    words do not.
    """
    broken = s[end - 1] in "/-_=?&%"
    below = (_BELOW_A_MARK if broken else _BELOW).match(s, end)
    return below.end() if below else end


def _is_ipv6(text: str) -> bool:
    """By the standard library (RFC 4291); one of four hexadecimal digits or more, so that "a::b" is none."""
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return sum(c.isalnum() for c in text) > _FEWEST_HEX


def _wrapped_late(text: str) -> bool:
    """On one line; or on two, with as many groups that "Bed::" and a number below are none."""
    return "\n" not in text or sum(bool(part.strip()) for part in text.split(":")) >= _FEWEST_GROUPS


def _may_hold_a_link(s: str) -> bool:
    """What every link has, looked for first: the search for links is the slowest of all and hardly a note has one."""
    folded = s.casefold()
    return "//" in s or "www" in folded or " slash " in folded or "w w w" in folded or _SLASHED.search(s) is not None


def _address(note: Note, start: int, end: int, plain: bool) -> None:
    """Decide what stands on both sides of an "at": the left within 90 characters, so that the search stays linear."""
    s = note.s
    far, last = max(0, start - 90), start - (s[start - 1 : start] == "\n")
    right = _HOST.match(s, end) if last and _LOCAL_ENDS.match(s, last - 1) else None
    if right is None:
        return
    told = (right["handle"] or "").casefold().replace(" ", "")
    last_of = right.end()
    if plain and told and told not in _TOLD and (handle := _without_ending(told)):
        told, last_of = handle, right.start("handle") + len(handle)
    if not plain and told and told not in _TOLD:
        return
    stop = _NO_LOCAL.search(s, far, last)
    left = _LOCAL.search(s, stop.end() if stop else far, last)
    if left is None:
        return
    if plain and left.start() and s[left.start() - 1] == "\n" and (above := _ABOVE.search(s, far, left.start())):
        note.claim(above.start(), right.end(), _kind(told), 0.8, "address on two lines")
        return
    if plain and right["handle"] and (glued := _GLUED_HOST.match(s, end)):
        note.claim(left.start(), glued.end(), Label.EMAIL_ADDRESS, 0.8, "e-mail, written on")
        return
    begin, local = left.start(), left.group()
    if not plain and (said := _said_local(note, start)) is not None:
        begin, local = min(begin, said), s[min(begin, said) : start]
    if host := right["host"] or right["cut"] or right["run"]:
        if not plain and not _JOINED.search(local):
            begin += local.rfind(" ") + 1
        label = Label.IN_ABHA_ADDRESS if host.casefold().startswith("hpr.") else Label.EMAIL_ADDRESS
        glued = _GLUED_END.match(s, right.end()) if plain else None
        note.claim(begin, glued.end() if glued else right.end(), label, 0.95, "e-mail")
        return
    handle = told
    if handle in _PROVIDERS:  # "at gmail" says it all
        if not plain and not _JOINED.search(local):
            begin += local.rfind(" ") + 1
        note.claim(begin, right.end(), Label.EMAIL_ADDRESS, 0.9, "e-mail, provider alone")
        return
    payment = _PAYMENT.search(s, max(0, begin - 40), begin) is not None
    if handle in _ABHA:
        note.claim(begin, last_of, Label.IN_ABHA_ADDRESS, 0.95, "abha address")
    elif handle in _HANDLES and (plain or payment or "rate" in s[start:end].casefold()):
        if not plain and payment:
            begin = _spoken_local(s, begin)
        note.claim(begin, last_of, Label.IN_UPI_ID, 0.95, "upi handle")
    elif plain and (payment or (local.isdigit() and len(local) >= _SHORTEST_PAYEE)) and " " not in s[start:end]:
        note.claim(begin, last_of, Label.IN_UPI_ID, 0.7, "upi by label")


def _without_ending(handle: str) -> str:
    """A known handle that a case ending is written on to: "okaxisko", "abdmಗೆ"; empty where it is none."""
    latin = _LATIN.match(handle)
    if latin is None:
        return ""
    if latin.end() < len(handle):
        return latin.group() if latin.group() in _TOLD else ""
    cuts = (handle[: -len(ending)] for ending in group("latin_endings") if handle.endswith(ending))
    return max((cut for cut in cuts if cut in _TOLD and len(cut) > _SHORTEST_HANDLE), default="", key=len)


def _kind(handle: str) -> Label:
    if handle in _ABHA:
        return Label.IN_ABHA_ADDRESS
    return Label.IN_UPI_ID if handle and handle not in _PROVIDERS else Label.EMAIL_ADDRESS


def _said_local(note: Note, end: int) -> int | None:
    """Where a name that is read out before an "at" begins: "k lakshmi underscore four seven", "asha devi seven two".

    Letters, digits, their words and marks, and among them up to two other words, none of them a label's or one of
    grammar; None where it is a single word.
    """
    found, words = note.tokens, 0
    last = bisect_right(note.token_starts, end - 1) - 1
    at, begin, spoken = last, None, 0
    while at > max(-1, last - _LONGEST_SAID) and found[at].kind in ("word", "number"):
        token = found[at]
        if at < last and found[at + 1].start - token.end != 1:
            break
        if token.kind == "number" or token.key in _said() or (len(token.text) == 1 and token.text.isascii()):
            spoken += 1
        elif token.key in group("said_joins"):
            spoken += 1
            words = max(0, words - 1)  # it lets another word in: "asha dot devi"
        elif words < 2 and token.key not in _unsaid():
            words += 1
        else:
            break
        begin, at = token.start, at - 1
    return begin if spoken and begin is not None and begin < found[last].start else None


@cache
def _unsaid() -> frozenset[str]:
    return lexicon_words("function_words.tsv") | group("said_before")


@cache
def _said() -> frozenset[str]:
    return frozenset(values("digit_words.tsv")) | frozenset(values("number_words.tsv"))


def _spoken_local(s: str, begin: int) -> int:
    """A name before the local part belongs to it when only a label stands before that ("फोनपे पर: harish gurjar ऐट
    …").
    """
    colon = max(s.rfind(":", max(0, begin - 30), begin), s.rfind("\n", max(0, begin - 30), begin))
    if colon >= 0 and _ALONE.match(s[colon + 1 : begin].strip() or "1"):
        return colon + 1 + len(s[colon + 1 : begin]) - len(s[colon + 1 : begin].lstrip())
    return begin
