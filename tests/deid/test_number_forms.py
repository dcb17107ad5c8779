"""Numbers as forms, spreadsheets and programs write them, dates among them, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.analysis import evidence
from schemas.labels import Label


def found(text: str) -> list[tuple[Label, str]]:
    note = evidence(text)
    return [(hit.label, text[slice(*note.shade.span(hit.start, hit.end))]) for hit in sorted(note.hits)]


def whole(marked: str) -> tuple[str, str]:
    before, _, rest = marked.partition("⟦")
    value, _, after = rest.partition("⟧")
    return before + value + after, value


@pytest.mark.parametrize(
    ("marked", "label"),
    [
        ("DOB ⟦[2][3] [0][7] [1][9][6][1]⟧ M", Label.DATE),
        ("UID |⟦4|0|2|9|5|6|2|8|3|8|0|9⟧| wt |6|2|", Label.IN_AADHAAR),
        ("mobile ⟦9.845512309E+09⟧ | Hb 9", Label.PHONE_NUMBER),
        ("acct as amount: ⟦30,44,71,00,928⟧ paid", Label.BANK_ACCOUNT),
        ("Sepsis,72,⟦9845512309⟧.0,PCT 14", Label.PHONE_NUMBER),
        ("Aadhaar ⟦4029 5628\n-- 2 of 5 --\n3809⟧ copy", Label.IN_AADHAAR),
        ("DT_ADM=⟦45102⟧; LOS=6", Label.DATE),
        ('"createdAt":⟦1690070400000⟧', Label.DATE),
        ("week ⟦2023-W30⟧ review", Label.DATE),
        ("mobile ⟦9.8455123091E+09⟧ | Hb 9", Label.PHONE_NUMBER),
        ("ration card ⟦[3021]-[7745]-[1190]⟧ copy", Label.IN_RATION_CARD),
        ("call?to=⟦%2B91%2D98455%2D12309⟧&k=3.1", Label.PHONE_NUMBER),
        ("seen ⟦4ᵗʰ August⟧ OPD", Label.DATE),
        ("UBIN0441207 savings ⟦550431172093318⟧ refund", Label.BANK_ACCOUNT),
        ("pan⟦kltpr4471d⟧ bill me", Label.IN_PAN),
        ("PMJAY|⟦PQX7T31B4⟧|preauth", Label.HEALTH_INSURANCE_ID),
        ("EPIC | ⟦WRK | 4471902⟧ | sputum 2+", Label.IN_VOTER),
        ("In his ⟦94⟧th year, walks", Label.AGE_OVER_89),
        ("PAN: ⟦B ball, K kite, R rose, P pen, L lamp, four one oh seven, D dog⟧; BP", Label.IN_PAN),
        ("login ⟦2401:4900:1c5b:\n77ae::5b⟧ seen", Label.IP_ADDRESS),
        ("consent for ⟦asha.devi\n52@abdm⟧ expired", Label.IN_ABHA_ADDRESS),
        ("film at ⟦https://drive.example.com/file/d/4kT\n_scan/view⟧, fine", Label.URL),
        (
            "ABHA likho ji ⟦naun ikk, satt tinn do sifar, panj panj chhe ikk, char atth do panj⟧, theek",
            Label.IN_ABHA_NUMBER,
        ),
        ("run day as ⟦2023204⟧ on analyser", Label.DATE),
        ("since ⟦9-vii-23⟧ better", Label.DATE),
        ("CT_head_⟦2023-07-23⟧T0915.dcm", Label.DATE),
        ("adm⟦23JUL23⟧icu", Label.DATE),
        ("seen ⟦23/\n07/2023⟧ OPD", Label.DATE),
        ("D ⟦23 M 07 Y 2023⟧", Label.DATE),
        ("DOB:⟦230761⟧, M", Label.DATE),
        ("aadhaar ⟦4️⃣0️⃣2️⃣9️⃣5️⃣6️⃣2️⃣8️⃣3️⃣8️⃣0️⃣9️⃣⟧", Label.IN_AADHAAR),
        ("mobile ⟦⑨⑧④⑤⑤①②③⓪⑨⟧", Label.PHONE_NUMBER),
        ("mobile ⟦98455=\n12309⟧ said", Label.PHONE_NUMBER),
        ("> call brother mobile ⟦98455\n> 12309⟧ today", Label.PHONE_NUMBER),
        ("pin ⟦560·0·34⟧ Karnataka", Label.PIN_CODE),
        ("parcel to ⟦560034⟧ Karnataka", Label.PIN_CODE),
        ("a/c no ⟦**** **** 4471⟧ refund", Label.BANK_ACCOUNT),
    ],
)
def test_they_are_found_whole(marked: str, label: Label) -> None:
    text, value = whole(marked)
    assert (label, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "UHID|BP 120/80|wt 62",
        "HCV RNA 6,120,445,300 copies/mL before",
        "Package code KLTPR4471D approved",
        "SOP clause 5.11.2.4 on storage",
        "finding in the 95th year of the hospital",
        "link https://www.who.int/x\nBP 120/80",
        "BP [150/90] wt |6|2| scores |1|0|2|1|0|2|",
        "cells 4.5E+09 per L",
        "estimate ₹12,50,000 and Rs 1,45,000",
        "Hb 45102 by error, PLT=45102",
        "lot12.05.2024 of saline",
        "1 x 10 x 20",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert found(text) == []


@given(st.text(st.sampled_from("0123456789|[]()., \n-/EeWw+:=TD"), max_size=300))
def test_any_text_passes(text: str) -> None:
    note = evidence(text)
    assert all(0 <= hit.start < hit.end <= len(note.s) for hit in note.hits)
