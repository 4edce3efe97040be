"""Sidekiq's forms: what lies in Redis, and nothing about how it gets there.

Pure functions. Strings are bytes and stay exactly as they were found; a job that changes is written
as a new string. ``text.decoded`` parses one, ``reading.envelope_of`` makes an envelope of it;
``writing`` goes the other way; ``failing`` and ``moving`` say what the string of a job becomes that
failed, or is due; ``errors``, ``moments``, ``processes`` know single fields.
"""

from __future__ import annotations
