"""The synthetic hospital on disk: its patient table and its notes, in the columns of MIMIC-IV-Note 2.2."""

import csv
import datetime
import gzip
import io
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from curate.synthetic.chance import chance
from curate.synthetic.notes import carried_forward, discharge, radiology
from curate.synthetic.stay import Stay, illnesses, stay

PATIENTS: Final = 72
REPORTS: Final = 38  # patients who had a radiology report
FORWARDED: Final = 6  # summaries copied forward with one line added
_REGIONS: Final = ("north", "north", "west", "south", "east")

NOTE_COLUMNS: Final = ("note_id", "subject_id", "hadm_id", "note_type", "note_seq", "charttime", "storetime", "text")
"""https://physionet.org/content/mimic-iv-note/2.2/: discharge.csv.gz (note_type DS) and radiology.csv.gz (RR)."""

PATIENT_COLUMNS: Final = (
    "subject_id",
    "name",
    "sex",
    "birth_date",
    "phone",
    "aadhaar",
    "abha",
    "address",
    "district",
    "state",
    "pin",
)

Row = Sequence[str | int]


def write_hospital(folder: Path, seed: int) -> list[Stay]:
    """Write `patients.csv`, `note/discharge.csv.gz` and `note/radiology.csv.gz` into `folder`; gives the stays."""
    draw = chance(seed, "hospital")
    stays = _stays(draw)
    (folder / "note").mkdir(parents=True, exist_ok=True)
    (folder / "patients.csv").write_bytes(_csv(PATIENT_COLUMNS, (_patient(each) for each in stays)))
    summaries = _summaries(draw, stays)
    reports = [_note(draw, each, "RR", 1, radiology(draw, each)) for each in stays[:REPORTS]]
    _write(folder / "note" / "discharge.csv.gz", summaries)
    _write(folder / "note" / "radiology.csv.gz", reports)
    return stays


def _stays(draw: random.Random) -> list[Stay]:
    """Every illness comes up before any comes up twice."""
    known = illnesses()
    subjects = draw.sample(range(24_010_000, 24_999_999), PATIENTS)
    admissions = draw.sample(range(20_100_000, 20_999_999), PATIENTS)
    return [
        stay(draw, subject, admission, _REGIONS[number % len(_REGIONS)], known[number % len(known)])
        for number, (subject, admission) in enumerate(zip(subjects, admissions, strict=True))
    ]


def _summaries(draw: random.Random, stays: list[Stay]) -> list[Row]:
    """One summary a stay; then some copied forward, and one filed twice without any change."""
    rows = [_note(draw, each, "DS", 1, discharge(draw, each)) for each in stays]
    chosen = draw.sample(range(len(stays)), FORWARDED + 1)
    for number in chosen[:FORWARDED]:
        rows.append(_note(draw, stays[number], "DS", 2, carried_forward(draw, stays[number], str(rows[number][-1]))))
    again = chosen[FORWARDED]
    rows.append(_note(draw, stays[again], "DS", 2, str(rows[again][-1])))
    return rows


def _note(draw: random.Random, of: Stay, kind: str, sequence: int, text: str) -> Row:
    day = of.discharged if kind == "DS" else of.admitted
    charted = datetime.datetime.combine(day, datetime.time(draw.randint(8, 18), draw.randint(0, 59)))
    stored = charted + datetime.timedelta(minutes=draw.randint(5, 600))
    subject = of.patient.subject_id
    return (
        f"{subject}-{kind}-{sequence}",
        subject,
        of.hadm_id,
        kind,
        sequence,
        charted.isoformat(sep=" "),
        stored.isoformat(sep=" "),
        text,
    )


def _patient(of: Stay) -> Row:
    patient = of.patient
    return (
        patient.subject_id,
        patient.person.name,
        patient.sex,
        patient.birth_date.isoformat(),
        patient.phone,
        patient.aadhaar,
        patient.abha_number,
        patient.address,
        patient.district,
        patient.state,
        patient.pin,
    )


def _write(path: Path, rows: Iterable[Row]) -> None:
    path.write_bytes(gzip.compress(_csv(NOTE_COLUMNS, rows), mtime=0))  # no clock in the bytes


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
