"""Merkle roots as in RFC 6962, computed one leaf at a time. Pure."""

import hashlib
from collections.abc import Iterable, Sequence

LEAF, NODE = b"\x00", b"\x01"


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order; memory grows with the logarithm of their number."""
    towers: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, node = 1, leaf
        while towers and towers[-1][0] == size:
            node = _join(towers.pop()[1], node)
            size *= 2
        towers.append((size, node))
    if not towers:
        return hashlib.sha256(b"").digest()
    node = towers.pop()[1]
    while towers:
        node = _join(towers.pop()[1], node)
    return node


def path(leaves: Sequence[bytes], place: int) -> list[tuple[str, bytes]]:
    """From one leaf to the root: each hash to join, and the side on which it stands."""
    if len(leaves) < 2:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if place < half:
        return [*path(leaves[:half], place), ("right", root(leaves[half:]))]
    return [*path(leaves[half:], place - half), ("left", root(leaves[:half]))]


def leaf(content: bytes) -> bytes:
    return hashlib.sha256(LEAF + content).digest()


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()
