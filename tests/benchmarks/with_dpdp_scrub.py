"""dpdp-scrub over a file of notes. Run by the Python of its own environment (environments.py).

    python with_dpdp_scrub.py NOTES.jsonl SPANS.jsonl

All its rules. Its model for names and addresses is unpublished (its README has it among the things to do), so names are
not looked for. `min_confidence` is its dial between recall and precision: 0.3, where entities that want a context word
pass without one, hid most (plain notes of the working set, 2026-11-24: 17.4 %, and 16.0 % at its default of 0.5).
"""

import json
import sys
from pathlib import Path

from dpdp_scrub import detect, detectors

MIN_CONFIDENCE = 0.3

LABELS = {
    "AADHAAR": "IN_AADHAAR",
    "AADHAAR_VID": "IN_AADHAAR",
    "ABHA": "IN_ABHA_NUMBER",
    "DRIVING_LICENSE": "IN_DRIVING_LICENSE",
    "EMAIL": "EMAIL_ADDRESS",
    "EPF_UAN": "OTHER_ID",
    "GSTIN": "IN_GSTIN",
    "IFSC": "IN_IFSC",
    "PAN": "IN_PAN",
    "PASSPORT_IN": "IN_PASSPORT",
    "PHONE_IN": "PHONE_NUMBER",
    "UPI_ID": "IN_UPI_ID",
    "VEHICLE_REG": "IN_VEHICLE_REGISTRATION",
    "VOTER_ID": "IN_VOTER",
}
"""Its label -> ours; any other label is left as it is."""


def main() -> None:
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").split("\n")
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        for note in (json.loads(line) for line in lines if line):
            at = offsets(note["text"])
            found = [
                {
                    "start": at[each.start],
                    "end": at[each.end - 1] + 1,
                    "label": LABELS.get(each.entity, each.entity),
                    "own": each.entity,
                }
                for each in detect(note["text"], min_confidence=MIN_CONFIDENCE)
            ]
            out.write(json.dumps({"id": note["id"], "spans": found}) + "\n")


def offsets(text: str) -> list[int]:
    """Where each character of its normalised text stands in the text: its spans index the former."""
    at = [i for i, character in enumerate(text) if detectors._INVISIBLE.get(ord(character), "") is not None]
    plain = text.translate(detectors._INVISIBLE)
    for pattern in (detectors._OBF_AT, detectors._OBF_DOT):  # "[at]" and "(dot)" become one character
        for match in reversed(list(pattern.finditer(plain))):
            at[match.start() : match.end()] = [at[match.start()]]
        plain = pattern.sub("@", plain)
    return at


if __name__ == "__main__":
    main()
