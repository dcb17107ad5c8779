"""Discharge summaries and radiology reports of a stay, in English, Hindi, Hinglish, Tamil and Bengali."""

import datetime
import random
from typing import Any

from curate.synthetic.people import Patient
from curate.synthetic.stay import Stay, written
from curate.synthetic.table import rows

_NATIVE = ("hi", "ta", "bn")


def discharge(draw: random.Random, stay: Stay) -> str:
    """A headed discharge summary, identifiers in letterhead, narrative, follow-up and signature."""
    facts = _facts(draw, stay)
    heading = {row["key"]: row[stay.language] for row in rows("headings")}
    illness = stay.illness
    name = illness["name"][stay.language] if stay.language in _NATIVE else illness["name"]["en"]
    parts = [
        _letterhead(draw, stay),
        heading["title"] + "\n" + _registration(draw, stay, heading, facts),
        f"{heading['diagnosis']}: {name}",
        f"{heading['complaint']}:\n{_sentence(draw, 'history', stay.language, facts)}",
        f"{heading['past']}: {_capital(draw.choice(illness['past']))}.",
        f"{heading['exam']}: {_vitals(draw)} {_capital('; '.join(draw.sample(illness['exam'], 2)))}.",
        f"{heading['labs']}:\n{_labs(draw, illness['labs'])}",
        f"{heading['course']}:\n{_sentence(draw, 'course', stay.language, facts)}",
        f"{heading['drugs']}:\n{_drugs(draw, illness['drugs'])}",
        f"{heading['advice']}: {_capital('; '.join(draw.sample(illness['advice'], 2)))}.\n"
        + _sentence(draw, "review", stay.language, facts),
        _signature(draw, stay),
    ]
    return "\n\n".join(parts) + "\n"


def radiology(draw: random.Random, stay: Stay) -> str:
    """A radiology report in English, as Indian departments write them in every state."""
    study, wordings = draw.choice(stay.illness["imaging"])
    patient = stay.patient
    day = stay.admitted + datetime.timedelta(days=draw.randint(0, 2))
    findings = draw.choice(wordings).format(
        a=draw.randint(2, 9), b=draw.choice((8.4, 9.1, 11.6, 12.8, 13.5, 14.2, 15.1)), c=draw.randint(38, 56)
    )
    accession = f"{draw.choice(('XR', 'US', 'CT', 'RAD'))}{day:%y%m}{draw.randint(1000, 9999)}"
    ordered = f"Referred by Dr {stay.doctor.name}" if draw.random() < 0.7 else f"Ref: Dr. {stay.doctor.family}"
    extras = (
        "Correlate clinically.",
        "Comparison with the earlier study is advised.",
        "No prior study is available for comparison.",
        f"Informed to {patient.relative.given} over phone {patient.relative_phone}.",
        f"Preliminary report read out to Dr {stay.doctor.family} at {draw.randint(1, 11)}.{draw.randint(10, 59)} pm.",
    )
    reader = (
        f"Dr {draw.choice(('A.', 'S.', 'V. K.', 'N.'))} {draw.choice(('Menon', 'Bhat', 'Iyer', 'Kapoor', 'Dutta'))}"
    )
    return (
        f"EXAMINATION: {study.upper()}\n"
        f"Patient: {patient.person.name}   {patient.age(day)}/{patient.sex}   UHID {stay.uhid}\n"
        f"Accession No: {accession}   Date: {written(draw, day, 'en')}\n{ordered}, {stay.illness['department']}\n\n"
        f"INDICATION: {_capital(_complaint(draw, stay, 'en'))}.\n\n"
        f"FINDINGS: {findings} {_capital(draw.choice(stay.illness['exam']))} on clinical examination.\n\n"
        f"IMPRESSION: Findings in keeping with {stay.illness['name']['en'].lower()}. "
        f"{' '.join(draw.sample(extras, 2))}\n\n"
        f"{reader}, MD Radiodiagnosis\n"
    )


def carried_forward(draw: random.Random, stay: Stay, text: str) -> str:
    """The next note as it is often made: the last one copied, one line added."""
    added = stay.discharged + datetime.timedelta(days=1)
    return text + f"\nADDENDUM {written(draw, added, 'en')}: culture report received, no change in treatment.\n"


def _facts(draw: random.Random, stay: Stay) -> dict[str, Any]:
    patient, language = stay.patient, stay.language
    complaint = _complaint(draw, stay, language)
    middle = stay.admitted + datetime.timedelta(
        days=draw.randint(1, max(1, (stay.discharged - stay.admitted).days - 1))
    )
    told = stay.illness["course"]  # the first two exclude each other
    sentences = [draw.choice(told[:2]), *draw.sample(told[2:], draw.choice((1, 2)))]
    return {
        "title": "Mr" if patient.sex == "M" else "Mrs" if patient.relation == "W/o" else "Ms",
        "name": patient.person.name,
        "given": patient.person.given,
        "family": patient.person.family,
        "native": patient.person.native,
        "age": patient.age(stay.admitted),
        "sex": patient.sex,
        "relative": patient.relative.name,
        "relative_native": patient.relative.native,
        "relative_phone": patient.relative_phone,
        "locality": patient.locality,
        "locality_native": patient.locality_native,
        "district": patient.district,
        "district_native": patient.district_native,
        "complaint": complaint,
        "complaint_cap": _capital(complaint),
        "course": ". ".join(sentences),
        "doctor": stay.doctor.name,
        "department": stay.illness["department"],
        "admitted": written(draw, stay.admitted, language),
        "middle": written(draw, middle, language),
        "review": written(draw, stay.discharged + datetime.timedelta(days=draw.randint(7, 28)), language),
        "desk": f"{patient.std}-{draw.randint(2_200_000, 2_899_999)}",
        "phone": _spaced(draw, patient.phone),
        "email": patient.email,
        "upi": patient.upi,
        "policy": patient.policy,
        "aadhaar": _grouped(draw, patient.aadhaar),
    }


def _letterhead(draw: random.Random, stay: Stay) -> str:
    patient = stay.patient
    phone = f"{patient.std}-{draw.randint(2_200_000, 2_899_999)}"
    place = patient.address_native if stay.language in _NATIVE else f"{patient.locality}, {patient.district}"
    return draw.choice(
        (
            f"{stay.hospital}\n{place} - {patient.pin}   Ph: {phone}",
            f"{stay.hospital}, {place}\nDepartment of {stay.illness['department']}",
            f"{stay.hospital} | {stay.illness['department']} | Tel {phone}",
        )
    )


def _registration(draw: random.Random, stay: Stay, heading: dict[str, str], facts: dict[str, Any]) -> str:
    patient: Patient = stay.patient
    native = stay.language in _NATIVE
    sex = heading["male"] if patient.sex == "M" else heading["female"]
    lines = [
        f"{heading['name']}: {facts['native'] if native else facts['name']}    {heading['age']}: {facts['age']}/{sex}",
        f"UHID: {stay.uhid}    IP No. {stay.ip_number}",
        f"{patient.relation} {facts['relative']}",
        f"{heading['address']}: {patient.address_native if native else patient.address} - {patient.pin}",
        f"{heading['phone']}: {facts['phone']}",
        f"{heading['admitted']}: {facts['admitted']}    "
        f"{heading['discharged']}: {written(draw, stay.discharged, stay.language)}",
    ]
    numbers = [
        f"Aadhaar: {facts['aadhaar']}",
        f"ABHA: {patient.abha_number}",
        f"ABHA address: {patient.abha_address}",
        f"Policy No: {patient.policy}",
        f"PAN: {patient.pan}",
        f"E-mail: {patient.email}",
        f"DOB: {written(draw, patient.birth_date, 'en')}",
        f"Vehicle (ambulance bill): {patient.plate}",
    ]
    return "\n".join([*lines, *draw.sample(numbers, draw.choice((2, 3, 3)))])


def _signature(draw: random.Random, stay: Stay) -> str:
    doctor = stay.doctor.name
    degree = draw.choice(("MD", "MS", "DNB", "MD DM"))
    return draw.choice(
        (
            f"Dr. {doctor}, {degree}\nReg. No. {stay.registration}",
            f"Sd/- Dr {doctor} ({degree}, {stay.registration})",
            f"Prepared by: Dr {draw.choice(('Nikhil', 'Shruti', 'Afreen', 'Tejas', 'Ananya'))} (JR)\n"
            f"Consultant: Dr {doctor}   {stay.registration}",
        )
    )


def _sentence(draw: random.Random, part: str, language: str, facts: dict[str, Any]) -> str:
    found = [row["sentence"] for row in rows("sentences") if row["part"] == part and row["language"] == language]
    return draw.choice(found).format(**facts)


def _complaint(draw: random.Random, stay: Stay, language: str) -> str:
    return str(draw.choice(stay.illness["complaint"][language])).format(n=draw.randint(2, 9))


def _vitals(draw: random.Random) -> str:
    return (
        f"PR {draw.randint(68, 128)}/min, BP {draw.randint(96, 172)}/{draw.randint(58, 100)} mmHg, "
        f"Temp {draw.randint(976, 1034) / 10} F, SpO2 {draw.randint(90, 99)}%."
    )


def _labs(draw: random.Random, labs: list[Any]) -> str:
    lines = []
    for name, unit, low, high, places in draw.sample(labs, draw.randint(3, len(labs))):
        first, last = (f"{draw.uniform(low, high):.{places}f}" for _ in range(2))
        lines.append(
            f"{name} {first} -> {last} {unit}".rstrip() if draw.random() < 0.4 else f"{name} {first} {unit}".rstrip()
        )
    return draw.choice(("\n", ", ")).join(lines)


def _drugs(draw: random.Random, drugs: list[Any]) -> str:
    chosen = draw.sample(drugs, min(len(drugs), draw.choice((3, 4))))
    days = draw.choice((5, 7, 10, 14, 30))
    return "\n".join(
        f"{number}. {name} {draw.choice(doses)} {draw.choice(times)} x {days} days"
        for number, (name, doses, times) in enumerate(chosen, start=1)
    )


def _grouped(draw: random.Random, digits: str) -> str:
    """An Aadhaar number as printed, hyphenated or run together."""
    groups = (digits[:4], digits[4:8], digits[8:])
    return draw.choice((" ", " ", "-", "")).join(groups)


def _spaced(draw: random.Random, phone: str) -> str:
    return draw.choice((phone, f"{phone[:5]} {phone[5:]}", f"+91 {phone[:5]} {phone[5:]}", f"+91-{phone}", f"0{phone}"))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
