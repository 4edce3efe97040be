"""Which claims had begun: a page of memory that outlives the process that writes it."""

from __future__ import annotations

import mmap
import struct
import threading
from typing import Final

_SLOT_SIZE: Final = 128  # bytes: the length of a token, then the token
_LENGTH: Final = struct.Struct("=H")
_LONGEST: Final = _SLOT_SIZE - _LENGTH.size
_UNWRITTEN: Final = struct.Struct("=I")
_SPARE: Final = 256  # slots for jobs that have ended and are not settled yet


class StartedPage:
    """The tokens of the jobs that one process has started and not yet settled.

    The memory is shared between a child, which writes, and its supervisor, which reads
    it when the child is dead, however it died. A token stays until its claim is settled:
    a job that ended, but whose end was not recorded, must count as started.

    The first slot counts the tokens that found no place. ``_lock`` guards the rest of
    the state, which is the writer's own.
    """

    def __init__(self, *, threads: int) -> None:
        slots = threads + _SPARE
        self._memory = mmap.mmap(-1, (slots + 1) * _SLOT_SIZE)
        self._free = list(range(slots, 0, -1))
        self._slots: dict[str, int] = {}
        self._unwritten: set[str] = set()
        self._lock = threading.Lock()

    def mark(self, token: str) -> None:
        """Notes that the job of a claim begins. Any thread may call it."""
        written = token.encode()
        with self._lock:
            if len(written) > _LONGEST or not self._free:
                self._unwritten.add(token)
                self._count_unwritten()
                return
            slot = self._slots[token] = self._free.pop()
            self._write(slot, written)

    def clear(self, token: str) -> None:
        """Notes that a claim has been settled; other tokens are ignored."""
        with self._lock:
            slot = self._slots.pop(token, None)
            if slot is not None:
                _LENGTH.pack_into(self._memory, slot * _SLOT_SIZE, 0)
                self._free.append(slot)
            elif token in self._unwritten:
                self._unwritten.remove(token)
                self._count_unwritten()

    def tokens(self) -> tuple[str, ...] | None:
        """What had begun; None when not all of it could be written down."""
        if _UNWRITTEN.unpack_from(self._memory, 0)[0]:
            return None
        slots = range(1, len(self._memory) // _SLOT_SIZE)
        return tuple(token for slot in slots if (token := self._read(slot)))

    def close(self) -> None:
        """Gives the memory back."""
        self._memory.close()

    def _write(self, slot: int, token: bytes) -> None:
        # The length comes last: a writer killed half-way leaves an empty slot.
        start = slot * _SLOT_SIZE
        self._memory[start + _LENGTH.size : start + _LENGTH.size + len(token)] = token
        _LENGTH.pack_into(self._memory, start, len(token))

    def _read(self, slot: int) -> str:
        start = slot * _SLOT_SIZE
        length = _LENGTH.unpack_from(self._memory, start)[0]
        return self._memory[start + _LENGTH.size : start + _LENGTH.size + length].decode()

    def _count_unwritten(self) -> None:
        _UNWRITTEN.pack_into(self._memory, 0, len(self._unwritten))
