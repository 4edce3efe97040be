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
performed            job, adapter, seconds, aborted (a before_perform ended it)
retry_scheduled      job, adapter, error (or None), wait (seconds, or None)
retries_exhausted    job, adapter, error
discarded            job, adapter, error
failed               job, adapter, error, seconds
claimed              adapter, process_id, claims
released             adapter, process_id, claims
chore_ran            adapter, name, count, seconds
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
retry_scheduled = Signal()
retries_exhausted = Signal()
discarded = Signal()
failed = Signal()

claimed = Signal()
released = Signal()
chore_ran = Signal()

process_started = Signal()
process_stopping = Signal()
process_stopped = Signal()
process_pruned = Signal()
process_replaced = Signal()
