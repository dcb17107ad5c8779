"""The identifier labels: what is looked for, named as Presidio names it where Presidio has a name."""

from enum import StrEnum


class Label(StrEnum):
    """A kind of identifier. What each covers is stated in docs/deid.md."""

    PERSON = "PERSON"
    DATE = "DATE"
    AGE_OVER_89 = "AGE_OVER_89"
    LOCATION = "LOCATION"
    PIN_CODE = "PIN_CODE"
    ORGANIZATION = "ORGANIZATION"
    PHONE_NUMBER = "PHONE_NUMBER"
    EMAIL_ADDRESS = "EMAIL_ADDRESS"
    URL = "URL"
    IP_ADDRESS = "IP_ADDRESS"
    IN_AADHAAR = "IN_AADHAAR"
    IN_PAN = "IN_PAN"
    IN_ABHA_NUMBER = "IN_ABHA_NUMBER"
    IN_ABHA_ADDRESS = "IN_ABHA_ADDRESS"
    IN_UPI_ID = "IN_UPI_ID"
    IN_VOTER = "IN_VOTER"
    IN_PASSPORT = "IN_PASSPORT"
    IN_DRIVING_LICENSE = "IN_DRIVING_LICENSE"
    IN_VEHICLE_REGISTRATION = "IN_VEHICLE_REGISTRATION"
    IN_GSTIN = "IN_GSTIN"
    IN_RATION_CARD = "IN_RATION_CARD"
    BANK_ACCOUNT = "BANK_ACCOUNT"
    IN_IFSC = "IN_IFSC"
    MEDICAL_RECORD_NUMBER = "MEDICAL_RECORD_NUMBER"
    HEALTH_INSURANCE_ID = "HEALTH_INSURANCE_ID"
    MEDICAL_LICENSE = "MEDICAL_LICENSE"
    DEVICE_ID = "DEVICE_ID"
    OTHER_ID = "OTHER_ID"


FORMLESS = frozenset(
    {
        Label.MEDICAL_RECORD_NUMBER,
        Label.HEALTH_INSURANCE_ID,
        Label.MEDICAL_LICENSE,
        Label.DEVICE_ID,
        Label.IN_RATION_CARD,
        Label.BANK_ACCOUNT,
        Label.OTHER_ID,
    }
)
"""Numbers of no fixed form."""
