"""The tree of hashes under a seal is that of RFC 6962."""

import hashlib

import pytest

from privacy.seals import merkle


def test_a_leaf_can_never_pass_for_a_node():
    """RFC 6962, section 2.1: the hash of an empty leaf, and what is put before each kind."""
    assert merkle.leaf(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert (merkle.LEAF, merkle.NODE) == (b"\x00", b"\x01")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 8, 13])
def test_the_root_is_that_of_rfc_6962(count: int):
    def plain(leaves: list[bytes]) -> bytes:
        if len(leaves) < 2:
            return leaves[0] if leaves else hashlib.sha256().digest()
        half = 1 << (len(leaves) - 1).bit_length() - 1
        return hashlib.sha256(merkle.NODE + plain(leaves[:half]) + plain(leaves[half:])).digest()

    leaves = [merkle.leaf(bytes([number])) for number in range(count)]
    assert merkle.root(leaves) == plain(leaves)
    for place in range(count):
        node = leaves[place]
        for side, other in merkle.path(leaves, place):
            node = hashlib.sha256(merkle.NODE + (other + node if side == "left" else node + other)).digest()
        assert node == plain(leaves)
