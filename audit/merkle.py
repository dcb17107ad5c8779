"""The Merkle tree of RFC 6962, section 2.1, with the proof verification of RFC 9162, section 2.1.

Two prefixes keep a node from being passed off as an entry; a lone right node is promoted, never doubled. An entry
is hashed as it is: hashing its digest would give another, silently wrong tree.

Knows nothing of files, signatures or what an entry says.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

HASH_BYTES: Final = 32


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes (not entries) in order. The root of the empty tree is SHA-256 of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(root(leaves[:split]), root(leaves[split:]))


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Siblings of leaf `index` from the leaf up to the root: PATH(m, D[n]). At most ceil(log2 n) hashes.

    Raises IndexError when the tree has no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(index, leaves[:split]), root(leaves[split:])]
    return [*inclusion_proof(index - split, leaves[split:]), root(leaves[:split])]


def consistency_proof(size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Proof that the tree over the first `size` leaves is a prefix of the tree over all: PROOF(m, D[n]).

    Empty for `size` 0 (every tree extends the empty one) and for the whole tree.
    Raises IndexError when the tree is smaller than `size`.
    """
    if not 0 <= size <= len(leaves):
        raise IndexError(f"the first {size} of a tree of {len(leaves)}")
    return [] if size == 0 else _subproof(size, leaves, whole=True)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> bool:
    """Whether `leaf` (a leaf hash) stands at `index` in the tree of `size` leaves with `expected_root`.

    RFC 9162, section 2.1.3.2. A root without its size proves nothing, so the size is part of the question.
    """
    if not 0 <= index < size or not _are_hashes(leaf, expected_root, *proof):
        return False
    at, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            computed = node_hash(sibling, computed)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and computed == expected_root


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree (`new_size`, `new_root`) extends the tree (`old_size`, `old_root`).

    RFC 9162, section 2.1.4.2; from size 0 any tree is an extension, with an empty proof.
    """
    if not 0 <= old_size <= new_size or not _are_hashes(old_root, new_root, *proof):
        return False
    if old_size == 0:
        return not proof and old_root == root([])
    if old_size == new_size:
        return not proof and old_root == new_root
    if not proof:
        return False
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (>= 2)."""
    return 1 << (size - 1).bit_length() - 1


def _subproof(size: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962, section 2.1.2; `whole` says the verifier already has this subtree's root."""
    if size == len(leaves):
        return [] if whole else [root(leaves)]
    split = _split(len(leaves))
    if size <= split:
        return [*_subproof(size, leaves[:split], whole=whole), root(leaves[split:])]
    return [*_subproof(size - split, leaves[split:], whole=False), root(leaves[:split])]


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
