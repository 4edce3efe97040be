"""Every event as a Django signal.

Signals are for observers, such as logs and metrics: they are sent robustly, a receiver
that raises is logged and hurts nothing. What takes part in a job's life uses callbacks.

The sender is the job class, or None where an event is about no single class.

==================== =================================================================
signal               carries
==================== =================================================================
enqueued             job, adapter, seconds (of the enqueue)
enqueued_all         jobs, adapter, enqueued_count
enqueue_failed       job, adapter, error
enqueue_aborted      job, adapter
performing           job, adapter
performed            job, adapter, seconds
perform_aborted      job, adapter, seconds (a before_perform ended it)
retry_scheduled      job, adapter, error (or None), wait (seconds, or None)
retries_exhausted    job, adapter, error
discarded            job, adapter, error
error_reported       job, adapter, error (of a handler with report=True)
failed               job, adapter, error, seconds
interrupted          job, adapter, reason, description, completed_steps, current_step (or None)
resumed              job, adapter, description, completed_steps, current_step (or None)
step_started         job, adapter, step
step_performed       job, adapter, step, seconds, interrupted (a bool), error (or None)
step_skipped         job, adapter, step (its name)
claimed              adapter, process_id, claims
released             adapter, process_id, claims
chore_ran            adapter, name, count, seconds
recurring_enqueued   job, adapter, key, run_at (the tick: when it was due)
recurring_skipped    adapter, key, first, last (the ticks that were missed: the ends of the row)
process_started      adapter, process (a ProcessRecord)
process_stopping     adapter, process
process_stopped      adapter, process
process_pruned       adapter, buried (a sequence of Buried)
process_replaced     pid, reason, replacement_pid
==================== =================================================================
"""

from __future__ import annotations

from django.dispatch import Signal

enqueued = Signal()
enqueued_all = Signal()
enqueue_failed = Signal()
enqueue_aborted = Signal()

performing = Signal()
performed = Signal()
perform_aborted = Signal()
retry_scheduled = Signal()
retries_exhausted = Signal()
discarded = Signal()
error_reported = Signal()
failed = Signal()

interrupted = Signal()
resumed = Signal()
step_started = Signal()
step_performed = Signal()
step_skipped = Signal()

claimed = Signal()
released = Signal()
chore_ran = Signal()

recurring_enqueued = Signal()
recurring_skipped = Signal()

process_started = Signal()
process_stopping = Signal()
process_stopped = Signal()
process_pruned = Signal()
process_replaced = Signal()
