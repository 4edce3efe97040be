"""Every exception of the package, on one page.

The messages follow one pattern: where (a setting's path, or a job's class and
id), what is wrong, what to do.
"""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured


class ActiveJobError(Exception):
    """The root of all our errors; never raised itself."""


# Configuration


class ConfigurationError(ActiveJobError, ImproperlyConfigured):
    """A setting, or an argument of a class decorator, cannot be used as it is."""


class UnknownAdapter(ConfigurationError):
    """A queue adapter was named that is neither built in, nor an alias, nor importable."""


class InvalidOptions(ConfigurationError):
    """The OPTIONS of an adapter do not fit it."""


class InvalidSchedule(ConfigurationError):
    """A text is no schedule, or one that never comes."""


class RecurringTaskError(ActiveJobError):
    """There is no recurring task with this key, or none that can be changed in this way."""


# Arguments on their way out and in


class SerializationError(ActiveJobError, TypeError):
    """An argument has no JSON form; the message names its place, as in ``arguments[1]["at"]``."""


class PayloadTooLarge(SerializationError):
    """The JSON form of a job is larger than the project allows."""


class DeserializationError(ActiveJobError):
    """The arguments of a stored job could not be read back; the cause says why."""


class RecordNotFound(DeserializationError):
    """A model instance among the arguments is gone from its table (and only that)."""


class MalformedPayload(DeserializationError):
    """What the store held is not the JSON form of a job."""


class InvalidGlobalID(ActiveJobError, ValueError):
    """A text is not a ``gid://app/Model/id``, or an object cannot be written as one."""


class RecordUnavailable(ActiveJobError):
    """What a ``gid://`` names could not be looked up: no such model, or a store that fails."""


class UnknownJobClass(ActiveJobError):
    """A payload names a job class that this process does not have."""

    def __init__(self, job_class: str) -> None:
        self.job_class = job_class
        super().__init__(
            f"{job_class}: no job class of this name is registered here. Was it renamed or "
            f"removed, or is its app missing from INSTALLED_APPS? A renamed class keeps its old "
            f"name with aliases = ({job_class!r},)."
        )


# Enqueuing


class EnqueueError(ActiveJobError):
    """The adapter refused a job; kept on the job as ``enqueue_error``, not raised."""


class ConcurrencyConflict(EnqueueError):
    """A job was refused, because as many with its key as may run at once are there already."""


class DuplicateJob(EnqueueError):
    """A job was refused, because another one with its key holds the lock that makes it unique."""


class TickRefused(EnqueueError):
    """A tick of a recurring task is not to be enqueued: it was already, or the task has changed."""


class AdapterUnavailable(ActiveJobError):
    """The store of an adapter cannot be reached; raised to the caller, never swallowed."""


# Executions that did not come to their own end


class ExecutionLost(ActiveJobError):
    """An execution ended without the job having its say."""


class ClaimLost(ExecutionLost):
    """A claim is no longer ours: another process has settled it."""


class ProcessPruned(ExecutionLost):
    """This process was silent for so long that others gave it up."""


class ProcessCrashed(ExecutionLost):
    """The process that ran the job died in the middle of it."""


class JobTimeout(ExecutionLost):
    """A job had not ended within the ``timeout`` of its class."""


class UnsupportedAction(ActiveJobError):
    """An inspector was asked for something that its adapter does not offer."""


# Continuations


class ContinuationError(ActiveJobError):
    """The root of what can be wrong with a job's steps; a job is never resumed after one."""


class InvalidStep(ContinuationError):
    """A step cannot be run as it is, or not here: it is nested, comes twice or out of order."""


class CheckpointError(ContinuationError):
    """A checkpoint was reached inside an open transaction."""


class UnadvanceableCursor(ContinuationError):
    """The value of a cursor has no successor."""


class ResumptionsExhausted(ContinuationError):
    """A job was to be resumed once more than its class allows."""


# Not errors


class Abort(Exception):
    """Raised by a ``before_`` callback to end the chain, as Active Job's ``throw :abort``.

    The job is then not enqueued, or not performed.
    """


class JobCancelled(BaseException):
    """An operator has cancelled a job; not an Exception, so that no ``except Exception`` eats it.

    No handler of its class is asked: the job is discarded.
    """


class Interrupt(BaseException):
    """Leaves a job at a checkpoint; not an Exception, so that no ``except Exception`` eats it."""

    def __init__(self, reason: str, *, description: str) -> None:
        self.reason = reason
        super().__init__(f"Interrupted {description} ({reason})")
