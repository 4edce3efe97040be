"""Which claims had begun: a page of memory that outlives the process that writes it."""

from __future__ import annotations

import mmap
import os
import struct
import threading
from typing import Final

_SLOT_SIZE: Final = 128  # bytes: the length of a token, then the token
_LENGTH: Final = struct.Struct("=H")
_LONGEST: Final = _SLOT_SIZE - _LENGTH.size
_OVERDUE: Final = 0x8000  # the bit of a length that no token is long enough for
_UNWRITTEN: Final = struct.Struct("=I")
_SPARE: Final = 1024  # slots for jobs that have ended and are not settled yet


class StartedPage:
    """The tokens of the jobs that one process has started and not yet settled.

    The memory is shared between a child, which writes, and its supervisor, which reads
    it when the child is dead, however it died. A token stays until its claim is settled:
    a job that ended, but whose end was not recorded, must count as started.

    The first slot counts the tokens that found no place. ``_lock`` guards the rest of
    the state, which is the writer's own.

    Args:
        descriptor: a file to share with a process that is not forked; None for one that is.
    """

    def __init__(self, *, slots: int, descriptor: int | None = None) -> None:
        slots += _SPARE
        size = (slots + 1) * _SLOT_SIZE
        if descriptor is not None:
            os.ftruncate(descriptor, size)
        self._memory = mmap.mmap(-1 if descriptor is None else descriptor, size)
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

    def mark_overdue(self, token: str) -> None:
        """Notes that a job that has begun does not end within its time limit."""
        with self._lock:
            slot = self._slots.get(token)
            if slot is not None:
                marked = self._length(slot) | _OVERDUE
                _LENGTH.pack_into(self._memory, slot * _SLOT_SIZE, marked)

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
        return tuple(token for slot in self._all_slots() if (token := self._read(slot)))

    def overdue(self) -> tuple[str, ...]:
        """Those of them that were over their time limit."""
        slots = [slot for slot in self._all_slots() if self._length(slot) & _OVERDUE]
        return tuple(self._read(slot) for slot in slots)

    def close(self) -> None:
        """Gives the memory back."""
        self._memory.close()

    def _write(self, slot: int, token: bytes) -> None:
        # The length comes last: a writer killed half-way leaves an empty slot.
        start = slot * _SLOT_SIZE
        self._memory[start + _LENGTH.size : start + _LENGTH.size + len(token)] = token
        _LENGTH.pack_into(self._memory, start, len(token))

    def _read(self, slot: int) -> str:
        start = slot * _SLOT_SIZE + _LENGTH.size
        return self._memory[start : start + (self._length(slot) & ~_OVERDUE)].decode()

    def _all_slots(self) -> range:
        return range(1, len(self._memory) // _SLOT_SIZE)

    def _length(self, slot: int) -> int:
        return int(_LENGTH.unpack_from(self._memory, slot * _SLOT_SIZE)[0])

    def _count_unwritten(self) -> None:
        _UNWRITTEN.pack_into(self._memory, 0, len(self._unwritten))
