-- Takes in one job that nothing can refuse and that is due.
-- Needs: queues.
--
-- ARGV: queue, text

push(ARGV[1], ARGV[2])
