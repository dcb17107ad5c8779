import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import merkle

INPUTS = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                     "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
LEAVES = [merkle.leaf_hash(data) for data in INPUTS]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
INCLUSION = {
    (0, 8): [A, B, C],
    (5, 8): [D, E, ROOTS[4]],
    (2, 3): [ROOTS[2]],
    (1, 5): [ROOTS[1], B, D],
}
CONSISTENCY = {
    (1, 8): [A, B, C],
    (6, 8): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", E, ROOTS[4]],
    (2, 5): [B, D],
    (3, 7): ["0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
             "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
             ROOTS[2], "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e"],
}  # fmt: skip


def tree(size: int, salt: bytes = b"") -> list[bytes]:
    return [merkle.leaf_hash(salt + bytes([i])) for i in range(size)]


@pytest.mark.parametrize("size", range(9))
def test_roots_of_the_certificate_transparency_inputs(size):
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize("at", INCLUSION)
def test_inclusion_vectors(at):
    index, size = at
    assert [h.hex() for h in merkle.inclusion_proof(index, LEAVES[:size])] == INCLUSION[at]


@pytest.mark.parametrize("at", CONSISTENCY)
def test_consistency_vectors(at):
    old, new = at
    assert [h.hex() for h in merkle.consistency_proof(old, LEAVES[:new])] == CONSISTENCY[at]


def test_every_proof_of_every_small_tree_verifies():
    leaves = tree(40)
    roots = [merkle.root(leaves[:size]) for size in range(41)]
    for size in range(1, 41):
        for index in range(size):
            proof = merkle.inclusion_proof(index, leaves[:size])
            assert len(proof) <= (size - 1).bit_length()
            assert merkle.verify_inclusion(leaves[index], index, size, proof, roots[size])
        for old in range(size + 1):
            proof = merkle.consistency_proof(old, leaves[:size])
            assert len(proof) <= (size - 1).bit_length() + 1
            assert merkle.verify_consistency(old, size, roots[old], roots[size], proof)


def damaged(proof: list[bytes]) -> list[list[bytes]]:
    """`proof` with a flipped bit in each hash; with a hash dropped, doubled, cut short; swapped; with one more."""
    copies = []
    for i, value in enumerate(proof):
        bit = random.Random(i).randrange(256)
        flipped = bytearray(value)
        flipped[bit // 8] ^= 1 << bit % 8
        copies += [
            [*proof[:i], bytes(flipped), *proof[i + 1 :]],
            [*proof[:i], *proof[i + 1 :]],
            [*proof[:i], value, value, *proof[i + 1 :]],
            [*proof[:i], value[:-1], *proof[i + 1 :]],
        ]
    if len(proof) > 1:
        copies.append([proof[1], proof[0], *proof[2:]])
    return [*copies, [*proof, merkle.leaf_hash(b"more")]]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.data())
def test_a_damaged_inclusion_proof_fails(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaves = tree(size)
    leaf, root, proof = leaves[index], merkle.root(leaves), merkle.inclusion_proof(index, leaves)
    assert merkle.verify_inclusion(leaf, index, size, proof, root)
    for bad in damaged(proof):
        assert not merkle.verify_inclusion(leaf, index, size, bad, root)
    for near in (index - 1, index + 1):
        assert not merkle.verify_inclusion(leaf, near, size, proof, root)
    assert not merkle.verify_inclusion(leaf, index, index, proof, root)  # beyond the tree
    assert not merkle.verify_inclusion(leaf, index, size, proof, merkle.root(tree(size, b"x")))
    assert not merkle.verify_inclusion(leaf[:-1], index, size, proof, root)
    if size > 1:
        assert not merkle.verify_inclusion(leaf, index, size, [], root)
        inner = merkle.node_hash(leaves[0], leaves[1])
        assert not merkle.verify_inclusion(inner, index, size, proof, root)


def test_a_size_that_asks_for_another_path_fails():
    leaves = tree(8)
    proof, root = merkle.inclusion_proof(3, leaves), merkle.root(leaves)
    assert not merkle.verify_inclusion(leaves[3], 3, 9, proof, root)
    assert not merkle.verify_inclusion(leaves[3], 3, 4, proof, root)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.data())
def test_a_damaged_consistency_proof_fails(size, data):
    old = data.draw(st.integers(1, size))
    leaves = tree(size)
    first, second = merkle.root(leaves[:old]), merkle.root(leaves)
    proof = merkle.consistency_proof(old, leaves)
    assert merkle.verify_consistency(old, size, first, second, proof)
    for bad in damaged(proof):
        assert not merkle.verify_consistency(old, size, first, second, bad)
    assert not merkle.verify_consistency(size + 1, size, first, second, proof)
    if old < size:
        assert not merkle.verify_consistency(old, size, second, first, proof)
        assert not merkle.verify_consistency(old, size, first, second, [])
        assert not merkle.verify_consistency(old, size, merkle.root(tree(old, b"x")), second, proof)
        assert not merkle.verify_consistency(old, size, first, merkle.root(tree(size, b"x")), proof)


def test_from_the_empty_tree_only_the_empty_proof():
    empty, leaves = merkle.root([]), tree(3)
    assert merkle.verify_consistency(0, 3, empty, merkle.root(leaves), [])
    assert not merkle.verify_consistency(0, 3, empty, merkle.root(leaves), [leaves[0]])
    assert not merkle.verify_consistency(0, 3, leaves[0], merkle.root(leaves), [])


@pytest.mark.parametrize("index", [-1, 3])
def test_no_proof_for_a_leaf_that_is_not_there(index):
    with pytest.raises(IndexError):
        merkle.inclusion_proof(index, tree(3))
    with pytest.raises(IndexError):
        merkle.consistency_proof(index + 1 if index > 0 else index, tree(3))
