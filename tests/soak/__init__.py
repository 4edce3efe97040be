"""A soak, run by hand: load, and a death every few seconds, and then the books are checked.

``python -m tests.soak sqlite|postgres|mysql --minutes 5`` exits with 0 only if nothing was lost.
"""
