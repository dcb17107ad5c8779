"""A stay in the synthetic hospital: who, why, when, under whom. Notes are written from it."""

import dataclasses
import datetime
import random
from typing import Any, Final

from curate.synthetic import identifiers, people
from curate.synthetic.people import Patient, Person
from curate.synthetic.table import objects

HOSPITAL: Final = {
    "north": ("Sanjeevani Memorial Hospital", "संजीवनी मेमोरियल अस्पताल"),
    "west": ("Sahyadri Seva Hospital", "सह्याद्री सेवा रुग्णालय"),
    "south": ("Meenakshi Arogya Hospital", "மீனாட்சி ஆரோக்கிய மருத்துவமனை"),
    "east": ("Nabajiban General Hospital", "নবজীবন জেনারেল হাসপাতাল"),
}
LANGUAGES: Final = {
    "north": ("en", "hi", "hinglish", "hinglish"),
    "west": ("en", "en", "hinglish"),
    "south": ("en", "ta"),
    "east": ("en", "bn"),
}
_DIGITS: Final = {"hi": "०१२३४५६७८९", "bn": "০১২৩৪৫৬৭৮৯"}
_OPENING: Final = datetime.date(2024, 1, 8)


@dataclasses.dataclass(frozen=True, slots=True)
class Stay:
    """One admission."""

    hadm_id: int
    patient: Patient
    illness: dict[str, Any]
    language: str
    admitted: datetime.date
    discharged: datetime.date
    doctor: Person
    registration: str
    ip_number: str

    @property
    def hospital(self) -> str:
        """Name of the hospital as its letterhead has it."""
        latin, native = HOSPITAL[self.patient.region]
        return native if self.language in ("hi", "ta", "bn") else latin

    @property
    def uhid(self) -> str:
        """The patient's number with the hospital's prefix."""
        initials = "".join(word[0] for word in HOSPITAL[self.patient.region][0].split())
        return f"{initials}/{self.patient.subject_id}"


def stay(draw: random.Random, subject_id: int, hadm_id: int, region: str, illness: dict[str, Any]) -> Stay:
    """A first admission of a new patient with an illness."""
    admitted = _OPENING + datetime.timedelta(days=draw.randint(0, 420))
    sex = illness["sex"] or draw.choice("MF")
    patient = people.patient(draw, subject_id, region, sex, illness["ages"], admitted)
    return Stay(
        hadm_id=hadm_id,
        patient=patient,
        illness=illness,
        language=draw.choice(LANGUAGES[region]),
        admitted=admitted,
        discharged=admitted + datetime.timedelta(days=draw.randint(*illness["stay"])),
        doctor=people.person(draw, region, draw.choice("MF")),
        registration=identifiers.registration(draw, patient.council),
        ip_number=f"IP{admitted:%y}-{draw.randint(100, 99_999):05d}",
    )


def illnesses() -> tuple[dict[str, Any], ...]:
    """The illnesses that the hospital treats; the columns are those of tables/illnesses.jsonl."""
    return objects("illnesses")


def written(draw: random.Random, day: datetime.date, language: str) -> str:
    """A date as somebody writing in a language might put it, now and then in that script's own digits."""
    form = draw.choice(("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d %b %Y", "%d %B %Y"))
    if language in ("hi", "ta", "bn"):
        form = draw.choice(("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%y"))
    text = day.strftime(form)
    if language in _DIGITS and draw.random() < 0.4:
        return text.translate(str.maketrans("0123456789", _DIGITS[language]))
    return text
