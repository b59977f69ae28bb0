"""The carrier's identifiers: two letters and 32 hexadecimal digits, the same for the same seed."""

import hashlib
import itertools


class Identifiers:
    """`CA…` for calls, `CF…` conferences, `SM…` messages, `PN…` numbers, `RE…` recordings, `MZ…` streams."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = itertools.count(1)

    def new(self, prefix: str) -> str:
        return prefix + hashlib.md5(f"{self._seed}/{prefix}/{next(self._count)}".encode()).hexdigest()
