-- Accepts jobs.
-- Needs: frames, time, queues, permits, locks, accepting.
--
-- ARGV: the records of accepting
-- Gives what accepting gives.

return accept_all(1)
