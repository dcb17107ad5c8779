"""DSSE envelopes (secure-systems-lab/dsse v1): a payload, its type, and signatures over both.

The signature covers the payload's bytes as received; it is checked before anything parses them. The envelope itself is
held to one spelling (canonical JSON, canonical base64, the trusted key's id), so no byte of a file can change unseen.
"""

import base64

from audit.canonical import canonical_bytes, parse_canonical
from audit.keys import Signer, Verifier
from audit.note import strict_base64
from schemas.failure import Refusal


def pae(payload_type: str, payload: bytes) -> bytes:
    """Pre-authentication encoding: `DSSEv1 SP len(type) SP type SP len(payload) SP payload`, lengths in decimal."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(payload_type: str, payload: bytes, signer: Signer) -> bytes:
    """The envelope of `payload`, as canonical JSON and a newline; the same bytes each time."""
    signature = base64.b64encode(signer.sign(pae(payload_type, payload))).decode()
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": payload_type,
        "signatures": [{"keyid": _key_id(signer.verifier), "sig": signature}],
    }
    return canonical_bytes(envelope) + b"\n"


def unseal(envelope: bytes, payload_type: str, trusted: Verifier) -> bytes:
    """The payload, once the trusted key's signature over it is checked.

    Raises Refusal when the envelope does not parse, holds another type, or is not signed by the trusted key.
    """
    if not envelope.endswith(b"\n"):
        raise Refusal("the envelope does not parse: its line does not end")
    try:
        fields = parse_canonical(envelope[:-1])
        (signature,) = fields["signatures"]
        payload, kind = strict_base64(fields["payload"]), fields["payloadType"]
        key_id, value = signature["keyid"], strict_base64(signature["sig"])
        if fields.keys() != {"payload", "payloadType", "signatures"} or signature.keys() != {"keyid", "sig"}:
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise Refusal("the envelope does not parse: not a DSSE envelope with one signature") from None
    if kind != payload_type:
        raise Refusal("the envelope holds another type of payload")
    if key_id != _key_id(trusted):
        raise Refusal("the envelope is signed by an unknown key, not by the trusted one")
    if not trusted.verify(value, pae(kind, payload)):
        raise Refusal("the envelope's signature is bad")
    return payload


def _key_id(key: Verifier) -> str:
    """How an envelope names its key: name and id of the vkey. A hint; trust comes from the key itself."""
    return f"{key.name}+{key.key_id.hex()}"
