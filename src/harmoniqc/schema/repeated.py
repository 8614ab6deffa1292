"""Identifiers that occur twice in any number of results, at eight bytes each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.int64]


class Repeated:
    """Remembers identifiers by their hashes.

    Two identifiers share a hash with a chance of one in 10^19; among ten million, any two do with one in 10^5.
    """

    def __init__(self) -> None:
        # Sorted arrays, each less than half as long as the one before: adding one costs a few merges.
        self._known: list[Hashes] = []

    def among(self, identifiers: Sequence[str | None]) -> npt.NDArray[np.bool_]:
        """Remember identifiers, and tell which were there in an earlier call.

        Args:
            identifiers: The identifiers; None: the result has none.

        Returns:
            bool, one an identifier.
        """
        hashes = np.fromiter((hash(id) for id in identifiers), np.int64, len(identifiers))
        given = np.fromiter((id is not None for id in identifiers), np.bool_, len(identifiers))
        found = np.zeros(len(hashes), np.bool_)
        for known in self._known:
            places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
            found |= known[places] == hashes
        self._add(np.unique(hashes[given]))
        return found & given

    def _add(self, hashes: Hashes) -> None:
        if not len(hashes):
            return
        while self._known and len(self._known[-1]) < 2 * len(hashes):
            hashes = np.sort(np.concatenate((self._known.pop(), hashes)), kind="stable")
        self._known.append(hashes)
