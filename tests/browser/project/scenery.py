"""A shop in the middle of its day: for pictures, and for people to look at."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django_activejob import clock, handler, models
from django_activejob.contracts import (
    Envelope,
    ErrorRecord,
    Execution,
    Limit,
    Outcome,
    Payload,
    ProcessRecord,
    QueueAdapter,
    Settlement,
    Source,
    Tally,
)
from django_activejob.contracts.tallies import BOUNDS, BUCKETS, Times
from django_activejob.recurring import schedule_recurring_task
from django_activejob.recurring.ticking import tick
from tests.browser.project.shop.jobs import ImportJob, ReportJob

CLASSES = {
    "shop.ReceiptJob": "mailers",
    "shop.ReportJob": "default",
    "shop.ImportJob": "imports",
    "shop.ThumbnailJob": "images",
}
ERRORS = {
    "shop.ReceiptJob": ("shop.jobs.MailServerDown", "order 1017: 421 closed for maintenance"),
    "shop.ImportJob": ("KeyError", "'ean'"),
    "shop.ThumbnailJob": ("PIL.UnidentifiedImageError", "cannot identify image file 'cat.txt'"),
}
FRAMES = {
    "shop.ReceiptJob": """  File "/srv/shop/shop/jobs.py", line 24, in perform
    receipt_for(order).send(to=to)
  File "/srv/shop/shop/mail.py", line 61, in send
    raise MailServerDown(f"order {order}: {reply}")""",
    "shop.ImportJob": """  File "/srv/shop/shop/jobs.py", line 41, in perform
    save(article["ean"], article)""",
    "shop.ThumbnailJob": """  File "/srv/shop/shop/jobs.py", line 57, in perform
    Image.open(path).thumbnail((320, 320))""",
}
TRACEBACK = """Traceback (most recent call last):
  File "/srv/shop/.venv/lib/python3.13/site-packages/job/execution.py", line 88, in _perform
    return job.perform(*positional, **keywords)
{frames}
{class_name}: {message}
"""
_chance = random.Random(4)


def make() -> None:
    """Fill the tables of a shop that has been open since this morning."""
    adapter = handler.adapter()
    workers = [_register(adapter, number) for number in (1, 2)]
    _register_others(adapter)
    _run(adapter, workers[0])
    _wait(adapter)
    _limit(adapter, workers[1])
    _schedule(adapter)
    _tally(adapter, "w1".ljust(32, "0"))
    inspector = adapter.inspector()
    assert inspector is not None
    inspector.pause("imports")


def freshen() -> None:
    """Have all processes beaten a moment ago, but for one."""
    now = clock.now()
    models.Process.objects.exclude(pid=79).update(beat_at=now - timedelta(seconds=2))
    models.Process.objects.filter(pid=79).update(beat_at=now - timedelta(seconds=26))


def envelope(job_class: str, *arguments: Any, **changes: Any) -> Envelope:
    """A job of the shop."""
    payload: Payload = {
        "job_class": job_class,
        "job_id": f"{_chance.getrandbits(32):08x}-5f1c-4b6e-9d57-{_chance.getrandbits(48):012x}",
        "provider_job_id": None,
        "queue_name": CLASSES[job_class],
        "priority": None,
        "arguments": list(arguments),
        "executions": changes.pop("executions", 0),
        "exception_executions": {},
        "locale": "en",
        "timezone": "Europe/Berlin",
        "enqueued_at": clock.now().strftime("%Y-%m-%dT%H:%M:%S.000000000Z"),
        "scheduled_at": None,
    }
    return Envelope(payload=payload, queue_name=CLASSES[job_class], **changes)


def _register(adapter: QueueAdapter, number: int) -> Source:
    metadata = {
        "name": f"worker-{number}",
        "supervisor_pid": 4711,
        "duties": ["worker", "dispatcher", "scheduler"] if number == 1 else ["worker"],
        "queues": ["mailers", "default", "i*"],
        "threads": 5,
        "busy": 2 if number == 1 else 1,
        "memory": 61_300_000 + 4_100_000 * number,
        "load": 0.42,
        "quiet": False,
    }
    id = f"w{number}".ljust(32, "0")
    _beat(adapter, id, kind="worker", pid=4711 + number, metadata=metadata)
    source = adapter.source(id)
    assert source is not None
    return source


def _register_others(adapter: QueueAdapter) -> None:
    metadata = {"name": "worker-1", "supervisor_pid": 77, "duties": ["worker"], "threads": 3}
    said = {**metadata, "queues": ["images"], "busy": 0, "memory": 210_000_000, "load": 3.1}
    _beat(adapter, "q".ljust(32, "0"), kind="worker", pid=78, metadata={**said, "quiet": True})
    _beat(adapter, "s".ljust(32, "0"), kind="worker", pid=79, metadata={**said, "name": "worker-2"})
    long_ago = clock.now() - timedelta(seconds=26)
    models.Process.objects.filter(pid=79).update(beat_at=long_ago)
    models.Process.objects.update(started_at=clock.now() - timedelta(hours=5))


def _beat(adapter: QueueAdapter, id: str, *, kind: Any, pid: int, metadata: Any) -> None:
    registry = adapter.registry()
    assert registry is not None
    host = "web-1.shop.example" if pid > 100 else "images-2.shop.example"
    registry.register(ProcessRecord(id=id, kind=kind, hostname=host, pid=pid, metadata=metadata))


def _run(adapter: QueueAdapter, worker: Source) -> None:
    """Have jobs that have ended, that wait for another try, and that run."""
    for number in range(60):
        job_class = _chance.choice([*CLASSES, "shop.ReceiptJob"])
        adapter.enqueue(envelope(job_class, 1000 + number, *_keywords(to="ada@example.com")))
    claims = list(worker.claim(["*"], limit=100))
    settled = [_settlement(claim) for claim in claims[:57]]
    worker.settle(settled)
    now = clock.now()
    for place, job in enumerate(models.Job.objects.exclude(state="ready").order_by("id")):
        at = now - timedelta(minutes=4 * (60 - place), seconds=7 * place % 60)
        _put_back(job, at)


def _put_back(job: Any, at: datetime) -> None:
    for name, seconds in (
        ("enqueued_at", 0),
        ("claimed_at", 2),
        ("failed_at", 5),
        ("finished_at", 3),
    ):
        if getattr(job, name) is not None:
            setattr(job, name, at + timedelta(seconds=seconds))
    job.save()
    started_at = at + timedelta(seconds=2)
    models.Attempt.objects.filter(job=job).update(started_at=started_at, seconds=2.9)


def _keywords(**keywords: Any) -> list[dict[str, Any]]:
    return [{**keywords, "_aj_ruby2_keywords": list(keywords)}]


def _settlement(claim: Any) -> Settlement:
    job_class = claim.envelope.payload["job_class"]
    fate = _chance.random()
    error = None
    if fate < 0.25 and job_class in ERRORS:
        class_name, message = ERRORS[job_class]
        text = TRACEBACK.format(frames=FRAMES[job_class], class_name=class_name, message=message)
        error = ErrorRecord(class_name=class_name, message=message, traceback=text)
    retry = None
    outcome = Outcome.PERFORMED if error is None else Outcome.FAILED
    if error is not None and fate < 0.08:
        outcome = Outcome.RETRIED
        payload = {**claim.envelope.payload, "executions": 1}
        due = clock.now() + timedelta(minutes=3)
        retry = replace(claim.envelope, payload=payload, scheduled_at=due)
    execution = Execution(
        outcome=outcome, started_at=clock.now(), seconds=0.8, error=error, retry=retry
    )
    return Settlement(claim=claim, execution=execution)


def _wait(adapter: QueueAdapter) -> None:
    for number in range(14):
        adapter.enqueue(envelope("shop.ReceiptJob", 1100 + number))
    for number in range(3):
        adapter.enqueue(envelope("shop.ReportJob", f"2026-{number + 1:02}", priority=5))
        due = clock.now() + timedelta(hours=2 * number + 1)
        adapter.enqueue(envelope("shop.ReportJob", "weekly", scheduled_at=due))


def _limit(adapter: QueueAdapter, worker: Source) -> None:
    for supplier in ("acme", "globex", "initech"):
        limit = Limit(key=f"shop.ImportJob/{supplier}", to=1, duration=900.0)
        for _ in range(2 if supplier == "initech" else 3):
            adapter.enqueue(envelope("shop.ImportJob", supplier, limit=limit))
    worker.claim(["imports"], limit=2)


def _schedule(adapter: QueueAdapter) -> None:
    store = adapter.recurring()
    assert store is not None
    schedule_recurring_task(
        "monthly-report",
        ReportJob,
        schedule="30 6 1 * * Europe/Berlin",
        args=["last month"],
        description="For the accountant",
    )
    schedule_recurring_task("prices", ImportJob, every=900, args=["acme"])
    schedule_recurring_task("stock", ImportJob, schedule="0 */2 * * *", args=["globex"])
    schedule_recurring_task(
        "winter-sale", ReportJob, schedule="@daily", args=["sale"], enabled=False
    )
    now = clock.now()
    for hours in (6, 4, 2):
        task = store.find("stock")
        assert task is not None
        tick(task, now - timedelta(hours=hours), adapter=adapter, store=store)


def _tally(adapter: QueueAdapter, process_id: str) -> None:
    """Have had a day: quiet at night, busy at noon, with trouble an hour ago."""
    registry = adapter.registry()
    assert registry is not None
    minute = int(clock.now().timestamp()) // 60 * 60
    tallies = [
        _minute(minute - 60 * back, job_class, queue)
        for back in range(0, 1440, 2)
        for job_class, queue in CLASSES.items()
    ]
    for start in range(0, len(tallies), 200):
        registry.beat(process_id, running=_held(), tallies=tallies[start : start + 200])


def _minute(began: int, job_class: str, queue: str) -> Tally:
    hour = began // 3600 % 24
    number = _chance.randrange(2, 6 + 14 * max(0, 12 - abs(13 - hour)))
    failed = number // 12 if job_class in ERRORS else 0
    errors = {ERRORS[job_class][0]: failed} if failed else {}
    return Tally(
        began=began,
        job_class=job_class,
        queue=queue,
        performed=number - failed,
        failed=failed,
        run=_times(number, around=9 if job_class != "shop.ImportJob" else 14),
        wait=_times(number, around=4),
        failures=errors,
    )


def _times(number: int, *, around: int) -> Times:
    buckets = [0] * BUCKETS
    seconds = []
    for _ in range(number):
        bucket = min(len(BOUNDS) - 1, max(1, round(_chance.gauss(around, 1.8))))
        buckets[bucket] += 1
        seconds.append((BOUNDS[bucket - 1] + BOUNDS[bucket]) / 2)
    return Times(buckets=tuple(buckets), total=sum(seconds), least=min(seconds), most=max(seconds))


def _held() -> list[str]:
    running = models.Job.objects.filter(state="running")
    return [f"{job.id}:{job.claim_number}" for job in running]
