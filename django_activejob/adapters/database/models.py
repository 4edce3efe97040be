"""The tables; only this adapter's statements write them, and only its inspector reads them.

Texts are empty, not NULL, where there is nothing to say. Moments are UTC.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from django_activejob.adapters.database.indexes import StateIndex
from django_activejob.adapters.database.state import State
from django_activejob.adapters.database.tally_columns import HISTOGRAM_COLUMNS


class Job(models.Model):
    """One job, one row, from its enqueue to its end, retries included."""

    id = models.BigAutoField(primary_key=True)
    queue = models.CharField(_("queue"), max_length=255)
    priority = models.IntegerField(_("priority"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State)
    job_id = models.CharField(_("job id"), max_length=36)
    job_class = models.CharField(_("job class"), max_length=255)
    # Escaped JSON in a text column: it comes back byte for byte, NUL characters included.
    payload = models.TextField(_("payload"))
    routing = models.TextField(_("routing"), default="", blank=True)
    # What it waits for, or holds: the key of its concurrency limit, or the gate of its
    # throttle; empty when it has neither.
    limit_key = models.CharField(_("limit key"), max_length=255, default="", blank=True)
    executions = models.IntegerField(_("executions"), default=0)
    crashes = models.SmallIntegerField(_("crashes"), default=0)
    process_id = models.CharField(_("process id"), max_length=32, default="", blank=True)
    claim_number = models.IntegerField(_("claim number"), default=0)
    error_class = models.CharField(_("error class"), max_length=255, default="", blank=True)
    enqueued_at = models.DateTimeField(_("enqueued at"))
    scheduled_at = models.DateTimeField(_("scheduled at"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    # Since when an operator wants the running job to end; empty again with the end of its claim.
    cancel_asked_at = models.DateTimeField(_("cancellation asked for at"), null=True, blank=True)

    class Meta:
        app_label = "django_activejob"
        db_table = "django_activejob_job"
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        default_permissions = ("view",)
        permissions: ClassVar = [
            ("retry_job", _("Can retry failed jobs")),
            ("discard_job", _("Can discard jobs")),
            ("dispatch_job", _("Can run scheduled jobs now")),
            ("cancel_job", _("Can cancel running jobs")),
            ("view_arguments", _("Can view the arguments of jobs")),
        ]
        indexes: ClassVar = [
            # find a job by the id that its class gave it
            models.Index(fields=["job_id"], name="aj_job_job_id"),
            # claim from one queue; which queues have ready jobs
            StateIndex(
                state="ready", fields=["queue", "priority", "id"], name="aj_job_ready_queue"
            ),
            # claim from all queues; the second condition, which only that claim states, keeps
            # the planner from walking this index for a single queue
            StateIndex(
                state="ready", besides=Q(id__gt=0), fields=["priority", "id"], name="aj_job_ready"
            ),
            # what is due
            StateIndex(state="scheduled", fields=["scheduled_at", "id"], name="aj_job_due"),
            # what a process holds
            StateIndex(state="running", fields=["process_id"], name="aj_job_held"),
            # what ended last; what has been kept for long enough
            StateIndex(state="finished", fields=["finished_at", "id"], name="aj_job_finished"),
            # what failed last
            StateIndex(state="failed", fields=["failed_at", "id"], name="aj_job_failed"),
            # who waits first for the permit of a key; which keys are waited for
            StateIndex(
                state="blocked", fields=["limit_key", "priority", "id"], name="aj_job_blocked"
            ),
            # how many hold a permit of a key
            StateIndex(
                state=("ready", "running"),
                besides=Q(limit_key__gt=""),
                fields=["limit_key"],
                name="aj_job_holding",
            ),
            # the jobs of a class; which classes there are
            models.Index(fields=["job_class", "id"], name="aj_job_class"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="aj_job_known_state"),
            models.CheckConstraint(
                condition=(Q(state="running") & ~Q(process_id=""))
                | (~Q(state="running") & Q(process_id="")),
                name="aj_job_running_has_process",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_class} ({self.job_id})"


class Attempt(models.Model):
    """One execution that did not end well, or whose result is kept."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(
        Job,
        on_delete=models.CASCADE,
        related_name="attempts",
        db_index=False,
        verbose_name=_("job"),
    )
    number = models.IntegerField(_("number"))
    outcome = models.CharField(_("outcome"), max_length=20)
    process_id = models.CharField(_("process id"), max_length=32, default="", blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    seconds = models.FloatField(_("seconds"), null=True, blank=True)
    error_class = models.CharField(_("error class"), max_length=255, default="", blank=True)
    error_message = models.TextField(_("error message"), default="", blank=True)
    traceback = models.TextField(_("traceback"), default="", blank=True)
    result = models.TextField(_("result"), default="", blank=True)

    class Meta:
        app_label = "django_activejob"
        db_table = "django_activejob_attempt"
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        default_permissions = ("view",)
        indexes: ClassVar = [
            # the attempts of a job, oldest first
            models.Index(fields=["job", "id"], name="aj_attempt_job"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


class Process(models.Model):
    """One process that works for this adapter, for as long as it beats."""

    id = models.CharField(_("id"), max_length=32, primary_key=True)
    kind = models.CharField(_("kind"), max_length=20)
    hostname = models.CharField(_("host name"), max_length=255)
    pid = models.BigIntegerField(_("pid"))
    metadata = models.TextField(_("metadata"), default="", blank=True)
    command = models.TextField(_("command"), default="", blank=True)
    started_at = models.DateTimeField(_("started at"))
    beat_at = models.DateTimeField(_("last beat at"))

    class Meta:
        app_label = "django_activejob"
        db_table = "django_activejob_process"
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        default_permissions = ("view",)
        permissions: ClassVar = [("control_process", _("Can quiet and stop processes"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.pid} on {self.hostname}"


class Semaphore(models.Model):
    """A concurrency key: the row that is locked to give permits, and the limit last declared.

    Permits are not counted here: the holders of a key are its ready and running jobs.
    """

    key = models.CharField(_("key"), max_length=255, primary_key=True, db_column="limit_key")
    limit_to = models.IntegerField(_("limit"))
    duration = models.FloatField(_("duration in seconds"))
    used_at = models.DateTimeField(_("last used at"))

    class Meta:
        app_label = "django_activejob"
        db_table = "django_activejob_semaphore"
        verbose_name = _("semaphore")
        verbose_name_plural = _("semaphores")
        default_permissions = ("view",)
        permissions: ClassVar = [("release_semaphore", _("Can release semaphores"))]

    def __str__(self) -> str:
        return self.key


class Throttle(models.Model):
    """The starts of a key in its present window, and when its gate is to be looked at again."""

    key = models.CharField(_("key"), max_length=255, primary_key=True, db_column="throttle_key")
    most = models.IntegerField(_("starts in a window"))
    per = models.FloatField(_("window in seconds"))
    window_at = models.DateTimeField(_("window began at"), null=True, blank=True)
    started = models.IntegerField(_("starts so far"), default=0)
    # Empty while nobody waits.
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    used_at = models.DateTimeField(_("last used at"))

    class Meta:
        app_label = "django_activejob"
        db_table = "django_activejob_throttle"
        verbose_name = _("throttle")
        verbose_name_plural = _("throttles")
        default_permissions = ("view",)
        indexes: ClassVar = [
            # whose window has ended while jobs wait
            models.Index(fields=["opens_at"], name="aj_throttle_opens"),
        ]

    def __str__(self) -> str:
        return self.key


class UniqueLock(models.Model):
    """What makes one job the only one with its key, until ``expires_at`` at the latest."""

    key = models.CharField(_("key"), max_length=255, primary_key=True, db_column="unique_key")
    job_id = models.CharField(_("job id"), max_length=36)
    until = models.CharField(_("until"), max_length=10)
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        app_label = "django_activejob"
        db_table = "django_activejob_uniquelock"
        verbose_name = _("unique lock")
        verbose_name_plural = _("unique locks")
        default_permissions = ("view",)
        indexes: ClassVar = [
            # the locks of a job that ends
            models.Index(fields=["job_id"], name="aj_lock_job_id"),
            # what has expired
            models.Index(fields=["expires_at"], name="aj_lock_expires"),
        ]

    def __str__(self) -> str:
        return self.key


class Pause(models.Model):
    """A queue whose jobs do not start."""

    queue = models.CharField(_("queue"), max_length=255, primary_key=True)

    class Meta:
        app_label = "django_activejob"
        db_table = "django_activejob_pause"
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        default_permissions = ("view",)
        permissions: ClassVar = [
            ("pause_queue", _("Can pause and resume queues")),
            ("clear_queue", _("Can clear queues")),
        ]

    def __str__(self) -> str:
        return self.queue


class RecurringTask(models.Model):
    """A job on a schedule."""

    # `key` is a word of SQL.
    key = models.CharField(_("key"), max_length=255, primary_key=True, db_column="task_key")
    definition = models.TextField(_("definition"))
    is_static = models.BooleanField(_("declared by the settings"))
    is_enabled = models.BooleanField(_("enabled"))
    version = models.CharField(_("version"), max_length=32)
    declared_at = models.DateTimeField(_("declared at"))
    updated_at = models.DateTimeField(_("updated at"))
    last_tick_at = models.DateTimeField(_("last tick at"), null=True, blank=True)

    class Meta:
        app_label = "django_activejob"
        db_table = "django_activejob_recurringtask"
        verbose_name = _("recurring task")
        verbose_name_plural = _("recurring tasks")
        default_permissions = ("view",)
        permissions: ClassVar = [
            ("run_recurringtask", _("Can run recurring tasks now")),
            ("enable_recurringtask", _("Can enable and disable recurring tasks")),
            ("manage_recurringtask", _("Can create, change and delete recurring tasks")),
        ]

    def __str__(self) -> str:
        return self.key


class RecurringTick(models.Model):
    """One moment of a recurring task, for which a job was enqueued; outlives task and job."""

    id = models.BigAutoField(primary_key=True)
    task_key = models.CharField(_("key"), max_length=255)
    run_at = models.DateTimeField(_("due at"))
    job_id = models.BigIntegerField(_("job"), null=True, blank=True)

    class Meta:
        app_label = "django_activejob"
        db_table = "django_activejob_recurringtick"
        verbose_name = _("tick")
        verbose_name_plural = _("ticks")
        default_permissions = ("view",)
        constraints: ClassVar = [
            # each moment of a task has one job; its ticks, the newest first
            models.UniqueConstraint(fields=["task_key", "run_at"], name="aj_tick_once"),
        ]
        indexes: ClassVar = [
            # what has been kept for long enough
            models.Index(fields=["run_at", "id"], name="aj_tick_old"),
        ]

    def __str__(self) -> str:
        return f"{self.task_key} {self.run_at:%Y-%m-%d %H:%M:%S}"


class Tally(models.Model):
    """What the executions of one class in one queue came to in one minute, or in one hour.

    The columns of its two histograms, ``run_0``, ``run_1``, … and ``wait_0``, …, follow below.
    """

    id = models.BigAutoField(primary_key=True)
    span = models.SmallIntegerField(_("span in seconds"))
    began = models.BigIntegerField(_("began, in seconds since 1970"))
    job_class = models.CharField(_("job class"), max_length=255)
    queue = models.CharField(_("queue"), max_length=255)
    performed = models.IntegerField(_("performed"))
    failed = models.IntegerField(_("failed"))
    retried = models.IntegerField(_("retried"))
    discarded = models.IntegerField(_("discarded"))
    interrupted = models.IntegerField(_("interrupted"))
    run_total = models.FloatField(_("seconds of running"))
    run_least = models.FloatField(_("shortest run in seconds"))
    run_most = models.FloatField(_("longest run in seconds"))
    wait_total = models.FloatField(_("seconds of waiting"))
    wait_least = models.FloatField(_("shortest wait in seconds"))
    wait_most = models.FloatField(_("longest wait in seconds"))

    class Meta:
        app_label = "django_activejob"
        db_table = "django_activejob_tally"
        verbose_name = _("overview")
        verbose_name_plural = _("overview")
        default_permissions = ("view",)
        constraints: ClassVar = [
            # what is added to; what happened since a moment
            models.UniqueConstraint(
                fields=["span", "began", "job_class", "queue"], name="aj_tally_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_class} in {self.queue}: {self.began} + {self.span} s"


for _column in HISTOGRAM_COLUMNS:
    Tally.add_to_class(_column, models.IntegerField())


class FailureTally(models.Model):
    """How many jobs of one class failed with errors of one class in one minute, or in one hour."""

    id = models.BigAutoField(primary_key=True)
    span = models.SmallIntegerField(_("span in seconds"))
    began = models.BigIntegerField(_("began, in seconds since 1970"))
    job_class = models.CharField(_("job class"), max_length=255)
    error_class = models.CharField(_("error class"), max_length=255)
    number = models.IntegerField(_("number"))

    class Meta:
        app_label = "django_activejob"
        db_table = "django_activejob_failuretally"
        verbose_name = _("failures")
        verbose_name_plural = _("failures")
        default_permissions = ("view",)
        constraints: ClassVar = [
            # what is added to; what happened since a moment
            models.UniqueConstraint(
                fields=["span", "began", "job_class", "error_class"], name="aj_failure_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_class}, {self.error_class}: {self.began} + {self.span} s"
