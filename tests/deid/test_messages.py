"""Values in fields of messages and under the heads of columns."""

import pytest

from deid.analysis import evidence
from schemas.labels import Label


def found(text: str) -> list[tuple[Label, str]]:
    note = evidence(text)
    return [(hit.label, text[slice(*note.shade.span(hit.start, hit.end))]) for hit in sorted(note.hits)]


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("(0010,0020) LO [QX.77.10293] (0018,0060) DS [120]", Label.MEDICAL_RECORD_NUMBER, "QX.77.10293"),
        ("(0018,1000) LO [CT771029]", Label.DEVICE_ID, "CT771029"),
        ("(0010,1010) AS [094Y]", Label.AGE_OVER_89, "094"),
        ("PID|1||UH771029^^^HIS^MR||||19610723|M", Label.MEDICAL_RECORD_NUMBER, "UH771029"),
        ("PID|1||UH771029^^^HIS^MR||||19610723|M", Label.DATE, "19610723"),
        ("(01)08901234500017(17)271130(21)QX771029 valve", Label.DEVICE_ID, "QX771029"),
        ("P7710293<8IND6107235M3108244<<<<", Label.IN_PASSPORT, "P7710293"),
        ("label *24Q771029* grey top", Label.MEDICAL_RECORD_NUMBER, "24Q771029"),
        ("scan ]C1QX771029 ok", Label.MEDICAL_RECORD_NUMBER, "QX771029"),
        ("IP NO\tBED\tDRUG\n24-77102\tM-14\tNoradr", Label.MEDICAL_RECORD_NUMBER, "24-77102"),
        ("DOA\tDx\tplt\n45102\tDengue\t18000", Label.DATE, "45102"),
        ("mrn|age|hb\nQX771029|94|8.8", Label.AGE_OVER_89, "94"),
        ('name,mobile,dx\n"x","98455-12309","DM"', Label.PHONE_NUMBER, "98455-12309"),
        ("AADHAAR;SEX;TSH\n4029 5628 3809;F;8", Label.IN_AADHAAR, "4029 5628 3809"),
    ],
)
def test_fields_and_columns(text: str, label: Label, value: str) -> None:
    assert (label, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "SOP class 1.2.840.10008.5.1.4.1.1.2 rejected",
        "Barcode 8901148230415 of gel",
        "see https://www.who.int/publications/i/item/77102 table 4",
        "Item\tBatch\tQty\nMeropenem\tMR22071\t40",
        "Age,Sex,Hb,TLC\n45,M,11.2,8400",
        "OPD\tIPD\tOT\n1204\t310\t42",
    ],
)
def test_what_is_of_nobody_stays(text: str) -> None:
    assert found(text) == []


def test_facilities_and_people_of_segments() -> None:
    note = evidence("MSH|^~\\&|LIS|NORTH_WING_LAB|EMR|ELMS|202401011200||ORU\nPV1|1|I|W^2|||||4411^O'BRA^TESSY^^^DR\n")
    assert {"NORTH_WING_LAB", "ELMS", "O'BRA^TESSY"} <= {note.s[hit.start : hit.end] for hit in note.hits}
