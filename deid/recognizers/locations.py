"""Places below a state and whole address lines: label, parts of an address, what follows an institution, gazetteer.

PIN codes are found here, too: six digits mean one only behind a place.
"""

import re

import regex

from deid.gazetteers import offices, place_starts, places, sound, words
from deid.lexicon import Cue
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.tokens import script
from schemas.labels import Label

_SURE = frozenset(
    "permanent address|local address|present address|residence|r/o|resident of|h.no|d.no|sakin|pata|mailing address|office address|"
    "पता|पत्ता|निवासी|रहिवासी|निवास|સરનામું|રહેવાસી|ਪਤਾ|ਵਾਸੀ|ਨਿਵਾਸੀ|ঠিকানা|সাং|নিবাসী|ଠିକଣା|முகவரி|చిరునామా|విలాసం|ವಿಳಾಸ|വിലാസം|پتہ|ساکن|"
    "ఇంటి చిరునామా|ఇంటి చిరునామా నమోదు|address|add|res|resi|residing at|residing in|stays at|staying at|lives at|गाँव|गांव|ग्राम|गाव|ગામ|ਪਿੰਡ|গ্রাম|ଗାଁ|ఊరు|ஊர்|ಊರು|veedu no|"
    "vill|village|permanent address|venue|ठिकाना|स्थान|స్థలం|घर|ઘર|ghar|bari|native of|native place".split("|")
) | frozenset(("address", "add", "addr"))
_PIN = re.compile(r"[\s,.:;\-–^()\]\[]{0,6}(?:\([^)\n]{1,18}\)[\s,.\-]{0,3})?(?:[A-Z][A-Za-z .]{1,18}[\s,.\-]{1,3})?(?<!\d)([1-8]\d{2} ?\d{3})(?!\d|[.,/\-]\d)")
_TAIL_PIN = re.compile(r"[\s,.:;\-–^()\]\[]{1,6}(?:\([^)\n]{1,18}\)[\s,.\-]{0,3})?([1-8]\d{2} ?\d{3})(?![\d/]|[.,]\d)")
_STOPS = regex.compile(r"[;|।\n]|   |(?<=[\p{L}\p{M}]{4}|\d|\))(?<!Distt|Dist|Road|Teh)\.\s|[ ](?:ph|mob|tel|phone|mobile|cell|pin|daughter|son|wife|aadhaar|aadhar)\b|\.$|, (?:dispensary|phone)|[(\"][^)\"]{0,40}$", regex.IGNORECASE)
_STATES = frozenset(
    "andhra pradesh|arunachal pradesh|assam|bihar|chhattisgarh|goa|gujarat|haryana|himachal pradesh|jharkhand|karnataka|kerala|madhya pradesh|"
    "maharashtra|manipur|meghalaya|mizoram|nagaland|odisha|orissa|punjab|rajasthan|sikkim|tamil nadu|tamilnadu|telangana|tripura|uttar pradesh|"
    "uttarakhand|west bengal|jammu|kashmir|ladakh|india|bharat|up|mp|hp|ap|uk|wb|बिहार|पंजाब|उत्तर प्रदेश|राजस्थान|महाराष्ट्र|गुजरात|ਪੰਜਾਬ|भारत|"
    "asia|bangladesh|nepal|pakistan|china|dubai|saudi|kuwait|oman|qatar".split("|")
)
_FROM = regex.compile(r"[ ](?:ninnu|ninnanu|irundhu|la irundhu|la irunthu|inda|theke|thekke|nundi|ru|side ke|ke paas|wale|se bol|se hai|side)(?![\p{L}\p{M}])")
_CLOSE = regex.compile(r"[ ]?(?:se|ke|me|mein|la|il|re|ru|er|ge|inda|side|pakkam|ninnu|ninnanu|hatra|thekke|theke|wale)(?![\p{L}\p{M}])")
_BEFORE = regex.compile(r"(?:\b(?:near|at|from|in|to|of|opp|place|village|vill|city|town|dist|distt|district|tal|teh|po|ps|p\.o|venue)[ .:]{1,2}|[,(] ?)$", regex.IGNORECASE)


def find(note: Note) -> None:
    """Claim places, addresses and PIN codes."""
    parts = {i for cue in note.places if cue.kind == "part" for i in range(cue.first, cue.last)}
    _after_institutions(note, parts)
    for cue in note.places:
        if cue.kind == "address":
            _labelled(note, cue, parts)
    for cue in note.places:
        if cue.kind == "known":
            note.claim(note.tokens[cue.first].start, note.tokens[cue.last - 1].end, Label.LOCATION, 0.6, "known place")
    _segments(note, parts)
    _gazetteer(note)
    _near(note)
    _before_pins(note)
    _neighbours(note)
    _pins(note)


def _claim(note: Note, start: int, end: int, score: float, why: str) -> bool:
    """Claim a stretch, leaving out what is already decided at its ends and states that stand alone."""
    while start < end and note.taken[start]:
        start += 1
    while end > start and note.taken[end - 1]:
        end -= 1
    for at in range(start, end):
        if note.taken[at]:
            end = at
            break
    pin = _TAIL_PIN.search(note.s, start, end)
    if pin and pin.start(1) > start + 2:
        note.claim(*pin.span(1), Label.PIN_CODE, 0.8, "end of an address")
        end = pin.start()
    text = note.s[start:end].strip(" ,.-:()\n").casefold()
    if len(text) < 3 or text in _STATES or not any(c.isalpha() for c in text) and len(text) < 4:
        return False
    return note.claim(start, end, Label.LOCATION, score, why)


def _stop(note: Note, start: int, limit: int) -> int:
    """Where an address that begins at `start` ends: at a stop, a label, or something decided."""
    match = _STOPS.search(note.s, start, limit)
    end = match.start() if match else limit
    for at in range(start, end):
        if note.taken[at]:
            end = at
            break
    for cue in note.labels_after(start):
        token = note.tokens[cue.first]
        if token.start >= end:
            break
        if cue.kind not in ("veto", "OTHER_ID") and len(token.text) > 1 and cue.kind != "MEDICAL_RECORD_NUMBER":
            return token.start
    return end


def _after_institutions(note: Note, parts: set[int]) -> None:
    """What follows an institution in its line, after a comma or in brackets, is where it stands."""
    s = note.s
    for hit in [h for h in note.hits if h.label is Label.ORGANIZATION]:
        match = re.compile(r"[ ]{0,2}(?:,|\(|-|\|| [-|·])[ ]{0,3}").match(s, hit.end)
        if not match:
            continue
        line = s.find("\n", match.end())
        line = len(s) if line < 0 else line
        end = _stop(note, match.end(), min(line, match.end() + 110))
        bracket = s.find(")", match.end(), end)
        if bracket > 0 and "(" in match.group():
            end = bracket
        piece = s[match.end() : end]
        if "-" in match.group() and not any(t.key in places() for t in note.tokens[slice(*note.token_range(match.end(), end))]):
            continue
        if _placey(note, match.end(), end, parts) and len(piece.split()) <= 16:
            _claim(note, match.end(), end, 0.65, "after an institution")


def _placey(note: Note, start: int, end: int, parts: set[int]) -> bool:
    """Whether a stretch looks like a place: a part of an address, a known place, or only words that are written as names."""
    inside = [i for i in range(*note.token_range(start, end))]
    found = [note.tokens[i] for i in inside if note.tokens[i].kind == "word"]
    if not found or any(cue.kind != "veto" and note.tokens[cue.first].start < end for cue in note.labels_after(start)):
        return False
    if any(i in parts for i in inside) or any(t.key in places() for t in found):
        return True
    plain = [t for t in found if (script(t.text) == "Latn" and (not t.upper or t.key in words())) or t.key in lexicon_words("not_names.tsv")]
    people = any(cue.kind in ("title", "field", "relation") and cue.first in inside for cue in note.people)
    return len(found) <= 4 and not plain and not people


def _labelled(note: Note, cue: Cue, parts: set[int]) -> None:
    """The line behind "Address:", "निवासी", "R/o"; behind a weaker word only what looks like a place."""
    s, found = note.s, note.tokens
    after = found[cue.last - 1].end
    match = re.compile(r"[ .]{0,3}[:=\-–(\"]{0,2}[ \"]{0,4}(?:\[)?").match(s, after)
    start = match.end() if match else after
    if start >= len(s) or s[start] == "\n":
        return
    marked = any(c in s[after:start] for c in ":=-")
    line = s.find("\n", start)
    line = len(s) if line < 0 else line
    end = _stop(note, start, min(line, start + 140))
    if cue.phrase in _SURE:
        native = script(s[start]) not in ("Latn", "Zyyy")
        close = [note.tokens[i] for i in range(*note.token_range(start, min(end, start + 40)))]
        if marked or (_placey(note, start, min(end, start + 60), parts) and (not native or len(cue.phrase) > 3 and any(t.key in places() or t.text == "," for t in close))):
            _claim(note, start, _sentence(note, start, end, marked), 0.75, f"label {cue.phrase}")
    elif marked and _placey(note, start, end, parts):
        _claim(note, start, end, 0.6, f"label {cue.phrase}")


def _sentence(note: Note, start: int, end: int, marked: bool) -> int:
    """In running text an address ends with the last comma chain of names: cut where plain words begin."""
    if marked:
        return end
    last, plain = start, 0
    for i in range(*note.token_range(start, end)):
        token = note.tokens[i]
        if token.kind == "word" and (token.key in lexicon_words("not_names.tsv") or (script(token.text) == "Latn" and not token.upper and token.key in words() and not _is_part(note, i))):
            plain += 1
            if plain > 1 or token.key in lexicon_words("not_names.tsv"):
                break
        elif token.kind in ("word", "number"):
            plain = 0
            last = token.end
    return max(last, start)


def _is_part(note: Note, index: int) -> bool:
    return index in note.part_tokens


def _segments(note: Note, parts: set[int]) -> None:
    """Segments between commas that hold a part of an address with a name or a number: "14 Vijayanagar 3rd Main Rd"."""
    for cue in note.places:
        if cue.kind != "part":
            continue
        token = note.tokens[cue.first]
        if not note.free(token.start, note.tokens[cue.last - 1].end):
            continue
        latin = script(token.text) == "Latn"
        if latin and not token.upper and not (len(cue.phrase) > 3):
            continue
        first, last = cue.first, cue.last
        left = _grow(note, cue.first, -1, latin)
        right = _grow(note, cue.last - 1, 1, latin) if latin or cue.phrase in ("ग्राम", "गाँव", "गांव", "थाना", "जिला", "ज़िला", "जि", "ता", "तहसील", "जि", "તા", "જિ", "ગામ", "ਪਿੰਡ", "ਜ਼ਿਲ੍ਹਾ", "মকান নং", "ਨੇੜੇ", "मु पो", "वार्ड") else cue.last - 1
        before = [t for t in note.tokens[left:first] if t.kind == "word"]
        after = [t for t in note.tokens[last : right + 1] if t.kind == "word"]
        leading = cue.phrase in ("near", "opp", "opposite", "behind", "village", "vill", "dist", "distt", "district", "taluk", "tehsil", "teh", "ward no", "house no", "flat", "plot", "sector", "phase", "po", "ps", "gram", "shop", "survey no", "block")
        if latin and not (before or (leading and after)) and not (leading and right >= last):
            continue
        if latin and cue.phrase in ("near", "line", "lines", "stop", "stand", "shop", "floor", "camp", "block", "cross", "opp", "behind", "city", "post") and not any(t.key in places() or t.key in offices() for t in before + after):
            continue
        if latin and all(t.key in words() for t in before + after) and not any(t.key in places() for t in before + after):
            continue
        if not latin and not (before or after or (left < first)):
            continue
        if not latin and cue.phrase in ("તા", "पोस्ट", "ता", "जि", "के पास", "पीछे", "दगर", "దగ్గర", "பக்கம்", "பக்கத்துல", "ನಂ", "വാർഡ്", "तह", "ब्लॉक", "वार्ड", "पट्टी", "शाखा", "वर", "വീട്ടിൽ", "ଗାଁ", "ଘର") and not any(t.key in places() for t in before + after):
            continue
        _claim(note, note.tokens[left].start, note.tokens[right].end, 0.6, f"address part {cue.phrase}")


def _grow(note: Note, index: int, step: int, latin: bool) -> int:
    """How far names and numbers reach on one side of an address part, two words in native scripts."""
    at, best, taken = index + step, index, 0
    while 0 <= at < len(note.tokens):
        token = note.tokens[at]
        gap = note.tokens[at].start - note.tokens[at - 1].end if step > 0 else note.tokens[at + 1].start - token.end
        if token.kind == "break" or gap > 1 or not note.free(token.start, token.end):
            break
        if token.kind == "number":
            best, at = at, at + step
            continue
        if token.text in "/-.'" and gap == 0:
            at += step
            continue
        if token.kind != "word":
            break
        if script(token.text) == "Latn":
            if not (token.upper or at in note.part_tokens or token.key in ("rd", "st", "th", "nd")) or token.key in ("date", "name", "age", "dr"):
                break
        elif latin or token.key in lexicon_words("not_names.tsv") or taken >= 1:
            break
        taken += 1
        if taken > 4:
            break
        best, at = at, at + step
    return best


def _gazetteer(note: Note) -> None:
    """Known places: towns where they are written as names, smaller ones only beside a cue."""
    found = note.tokens
    at = 0
    while at < len(found):
        token = found[at]
        if token.kind != "word" or not note.free(token.start, token.end) or len(token.text) < 3:
            at += 1
            continue
        size = 0
        if token.key in place_starts():
            for length in (3, 2):
                if at + length <= len(found) and " ".join(t.key for t in found[at : at + length]) in places():
                    size = length
                    break
        key = " ".join(t.key for t in found[at : at + max(size, 1)])
        rank = places().get(key, 0)
        end = at + max(size, 1)
        if rank and _credible(note, at, end, rank):
            note.claim(token.start, found[end - 1].end, Label.LOCATION, 0.55, "gazetteer")
        elif not rank and token.upper and token.key not in words() and not token.text.isupper() and _FROM.match(note.s, token.end):
            note.claim(token.start, token.end, Label.LOCATION, 0.5, "from there")
        elif not rank and token.key in offices() and token.upper and token.key not in words() and _BEFORE.search(note.s, max(0, token.start - 12), token.start) and not note.s[max(0, token.start - 2) : token.start].strip() == "," and len(token.text) > 4:
            note.claim(token.start, token.end, Label.LOCATION, 0.45, "post office and cue")
        at = end
    _stems(note)


def _credible(note: Note, first: int, last: int, rank: int) -> bool:
    token = note.tokens[first]
    if token.key in _STATES or token.key in lexicon_words("not_names.tsv"):
        return False
    if script(token.text) != "Latn":
        return len(token.text) >= 3 and (rank >= 2 or last - first > 1 or len(token.text) > 5)
    after = note.s[note.tokens[last - 1].end : note.tokens[last - 1].end + 20]
    cue = bool(_CLOSE.match(after)) or bool(_BEFORE.search(note.s, max(0, token.start - 12), token.start))
    if not token.upper:
        return rank >= 2 and len(token.text) >= 5 and bool(_CLOSE.match(after)) and token.key not in words()
    if token.key in words():
        return False
    if token.text.isupper() and len(token.text) < 5:
        return False
    return rank >= 2 or (cue and len(token.text) > 4)


_NEAR = regex.compile(r"(?<!\p{L})(?:near|village|vill|town of|district|dist|mandal|taluk|tehsil)[ .]{1,2}([A-Z][a-z]{3,})(?!\p{L})|([\p{L}\p{M}]{4,}) (?:பக்கம்|பக்கத்துல|దగ్గర|పక్కన)(?![\p{L}\p{M}])")


def _near(note: Note) -> None:
    """A word behind "near" or "village", or before its like in Tamil and Telugu, when it is written as a name."""
    for match in _NEAR.finditer(note.s):
        word = match[1] or match[2]
        if word.casefold() not in words() and word not in lexicon_words("not_names.tsv"):
            note.claim(*match.span(1 if match[1] else 2), Label.LOCATION, 0.5, "near")


def _before_pins(note: Note) -> None:
    """From a PIN code back: the stretch before it is an address when it is written as one."""
    for match in re.finditer(r"(?<!\d)[1-8]\d{2} ?\d{3}(?!\d|[.,/]\d)", note.s):
        floor = max(note.s.rfind("\n", 0, match.start()), note.s.rfind("   ", 0, match.start()), match.start() - 110) + 1
        for cue in note.places:
            if cue.kind == "address" and floor <= note.tokens[cue.first].start < match.start() and note.s[note.tokens[cue.last - 1].end : note.tokens[cue.last - 1].end + 3].strip()[:1] in (":", "=", "-"):
                floor = note.tokens[cue.last - 1].end + 2
        start = match.start()
        while start > floor and (not note.taken[start - 1] or note.hit_label(start - 1) is Label.LOCATION):
            start -= 1
        found = [note.tokens[i] for i in range(*note.token_range(start, match.start())) if note.tokens[i].kind == "word"]
        if not found or len(found) > 16 or not any(hit.label is Label.LOCATION and match.start() - 24 < hit.end <= match.start() for hit in note.hits):
            continue
        plain = [t for t in found if (script(t.text) == "Latn" and not t.upper and t.key not in ("of", "rd", "st", "nd", "th", "ka", "ki", "flr")) or t.key in lexicon_words("not_names.tsv")]
        if not plain and "," in note.s[start : match.start()]:
            at = start
            for hit in sorted(h for h in note.hits if h.label is Label.LOCATION and start <= h.start < match.start()):
                _claim(note, at, hit.start, 0.5, "before a pin code") if hit.start - at > 3 else None
                at = hit.end


def _stems(note: Note) -> None:
    """Native towns with a case ending: "ಶಿವಮೊಗ್ಗಕ್ಕೆ"."""
    for token in note.tokens:
        if token.kind == "word" and len(token.text) > 6 and script(token.text) not in ("Latn", "Zyyy") and note.free(token.start, token.end):
            for cut in range(len(token.key) - 1, max(4, len(token.key) - 6), -1):
                if places().get(token.key[:cut], 0) >= 2 and cut > 4:
                    note.claim(token.start, token.end, Label.LOCATION, 0.5, "gazetteer, case ending")
                    break


def _neighbours(note: Note) -> None:
    """A capitalised segment before or after a place, with only a comma between, is a place too."""
    s = note.s
    for hit in [h for h in note.hits if h.label is Label.LOCATION]:
        for pattern, forward in ((re.compile(r",[ ]?([A-Z][A-Za-z'.]+(?: [A-Z][A-Za-z'.]+)?)(?=[ ]?(?:[,\n)(\-–]|   |\Z))"), True),):
            match = pattern.match(s, hit.end)
            while match and forward and note.free(*match.span(1)) and match[1].casefold() not in _STATES and match[1].casefold() not in words():
                note.claim(*match.span(1), Label.LOCATION, 0.5, "beside a place")
                match = pattern.match(s, match.end())
        before = re.compile(r"([A-Z][A-Za-z'.]+(?: [A-Z][A-Za-z'.]+)?),[ ]?$").search(s, max(0, hit.start - 50), hit.start)
        if before and note.free(*before.span(1)) and before[1].casefold() not in words() and not sound(before[1]) == "":
            token_words = before[1].split()
            if all(w.casefold() not in words() and len(w) > 3 for w in token_words):
                note.claim(*before.span(1), Label.LOCATION, 0.45, "beside a place")


def _pins(note: Note) -> None:
    """Six digits behind a place."""
    for hit in [h for h in note.hits if h.label is Label.LOCATION]:
        match = _PIN.match(note.s, hit.end)
        if match and note.free(*match.span(1)):
            note.claim(*match.span(1), Label.PIN_CODE, 0.8, "behind a place")
    for match in re.finditer(r"(?<![\d/.,\-])(?<![A-Za-z])([1-8]\d{2} \d{3}|[1-8]\d{5})(?![\d/.,%]\d|\d|[ ]?(?:/|mg|iu|cells))", note.s):
        line = note.s.rfind("\n", 0, match.start()) + 1
        before = [h for h in note.hits if h.label is Label.LOCATION and line <= h.start and h.end <= match.start() and match.start() - h.end < 24]
        if before and note.free(*match.span(1)):
            gap = note.s[max(h.end for h in before) : match.start()]
            if not re.search(r"\d|count|plt|tlc", gap, re.IGNORECASE):
                note.claim(*match.span(1), Label.PIN_CODE, 0.6, "behind a place")

