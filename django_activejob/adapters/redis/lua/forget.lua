-- Forgets a process that has died, once nothing is left of what it held.
-- Needs: owners.
--
-- ARGV: process id

forget_if_empty(ARGV[1])
