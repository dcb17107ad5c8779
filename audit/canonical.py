"""Canonical bytes: one value, one spelling, so that a digest means the value and not the way it was written.

JSON Canonicalization Scheme, RFC 8785, over strings in Unicode Normalization Form C.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

import rfc8785
from pydantic import BaseModel


def canonical_bytes(value: BaseModel | Mapping[str, Any]) -> bytes:
    """The RFC 8785 bytes of a model or mapping, every string (keys too) in NFC.

    Raises ValueError for what JCS cannot say exactly: integers beyond 2**53 - 1, NaN, infinities, lone
    surrogates, types that JSON lacks, or two keys that NFC makes equal.
    """
    plain = value.model_dump(mode="json", by_alias=True) if isinstance(value, BaseModel) else value
    return bytes(rfc8785.dumps(_composed(plain)))


def sha256_of(value: BaseModel | Mapping[str, Any]) -> str:
    """SHA-256 (64 lower-case hex digits) of the canonical bytes of `value`."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def parse_canonical(data: bytes) -> dict[str, Any]:
    """The JSON object that `data` spells, if `data` is its canonical spelling and it holds no float.

    Raises ValueError otherwise; so two different byte strings never parse to the same object.
    """
    try:
        value = json.loads(data, parse_float=_no_float, parse_constant=_no_float)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    if canonical_bytes(value) != data:
        raise ValueError("not in canonical form (RFC 8785)")
    return value


def _composed(value: Any) -> Any:
    """`value` with every string in NFC, and only the types JSON has."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        composed = {unicodedata.normalize("NFC", key): _composed(item) for key, item in value.items()}
        if len(composed) != len(value):
            raise ValueError("two keys are equal in Normalization Form C")
        return composed
    if isinstance(value, list | tuple):
        return [_composed(item) for item in value]
    return value


def _no_float(_: str) -> float:
    raise ValueError("a float stands where only integers may")
