"""Keyed choice: the same key, scope, label and value choose the same; without the key nobody can tell or repeat it."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Item = TypeVar("Item")
_LONG = 1024  # bytes of a seed


class Chance:
    """A stream of choices drawn from HMAC-SHA256 (RFC 2104) in counter mode over its parts."""

    def __init__(self, key: bytes, *parts: str) -> None:
        self._key = key
        seed = "\0".join(parts).encode("utf-8", "surrogatepass")
        self._seed = seed if len(seed) <= _LONG else hashlib.sha256(seed).digest()  # else n digits of one value cost n²
        self._counter = 0

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1. The bias of 64 bits over our small limits is nothing."""
        return int.from_bytes(self.key()[:8], "big") % limit

    def key(self) -> bytes:
        """The next 32 bytes of the stream: a key for something else."""
        block = hmac.digest(self._key, self._counter.to_bytes(4, "big") + self._seed, "sha256")
        self._counter += 1
        return block

    def of(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[self.below(len(items))]


@dataclass(frozen=True, slots=True)
class Draw:
    """Begins a stream for what is named, within a scope. Equal ones begin the same: what comes of one can be kept."""

    key: bytes = field(repr=False)
    before: tuple[str, ...]
    after: tuple[str, ...]
    again: str = ""

    def __call__(self, part: str) -> Chance:
        """The stream for `part`."""
        return Chance(self.key, *self.before, part + self.again, *self.after)
