"""Segments of addresses: a road, a nagar, a taluk with the names and numbers beside it."""

from deid.gazetteers import offices, places, words
from deid.lexicon import words as lexicon_words
from deid.note import Note
from deid.recognizers.place_claims import claim_place
from deid.tokens import script


def segments(note: Note, parts: set[int]) -> None:
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
        right = (
            _grow(note, cue.last - 1, 1, latin)
            if latin
            or cue.phrase
            in (
                "ग्राम",
                "गाँव",
                "गांव",
                "थाना",
                "जिला",
                "ज़िला",
                "जि",
                "ता",
                "तहसील",
                "जि",
                "તા",
                "જિ",
                "ગામ",
                "ਪਿੰਡ",
                "ਜ਼ਿਲ੍ਹਾ",
                "মকান নং",
                "ਨੇੜੇ",
                "मु पो",
                "वार्ड",
            )
            else cue.last - 1
        )
        before = [t for t in note.tokens[left:first] if t.kind == "word"]
        after = [t for t in note.tokens[last : right + 1] if t.kind == "word"]
        leading = cue.phrase in (
            "near",
            "opp",
            "opposite",
            "behind",
            "village",
            "vill",
            "dist",
            "distt",
            "district",
            "taluk",
            "tehsil",
            "teh",
            "ward no",
            "house no",
            "flat",
            "plot",
            "sector",
            "phase",
            "po",
            "ps",
            "gram",
            "shop",
            "survey no",
            "block",
        )
        if latin and not (before or (leading and after)) and not (leading and right >= last):
            continue
        if (
            latin
            and cue.phrase
            in (
                "near",
                "line",
                "lines",
                "stop",
                "stand",
                "shop",
                "floor",
                "camp",
                "block",
                "cross",
                "opp",
                "behind",
                "city",
                "post",
            )
            and not any(t.key in places() or t.key in offices() for t in before + after)
        ):
            continue
        if (
            latin
            and all(t.key in words() for t in before + after)
            and not any(t.key in places() for t in before + after)
        ):
            continue
        if not latin and not (before or after or (left < first)):
            continue
        if (
            not latin
            and cue.phrase
            in (
                "તા",
                "पोस्ट",
                "ता",
                "जि",
                "के पास",
                "पीछे",
                "दगर",
                "దగ్గర",
                "பக்கம்",
                "பக்கத்துல",
                "ನಂ",
                "വാർഡ്",
                "तह",
                "ब्लॉक",
                "वार्ड",
                "पट्टी",
                "शाखा",
                "वर",
                "വീട്ടിൽ",
                "ଗାଁ",
                "ଘର",
            )
            and not any(t.key in places() for t in before + after)
        ):
            continue
        claim_place(note, note.tokens[left].start, note.tokens[right].end, 0.6, f"address part {cue.phrase}")


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
            if not (token.upper or at in note.part_tokens or token.key in ("rd", "st", "th", "nd")) or token.key in (
                "date",
                "name",
                "age",
                "dr",
            ):
                break
        elif latin or token.key in lexicon_words("not_names.tsv") or taken >= 1:
            break
        taken += 1
        if taken > 4:
            break
        best, at = at, at + step
    return best
