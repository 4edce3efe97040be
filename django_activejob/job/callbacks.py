"""Code of a job that runs before, around and after its enqueuing and its performing.

Callbacks are methods, marked by a decorator, collected over the class and its parents
(plain mixins too) at first use and called by name, so an override is what runs.

Order, as Active Job's: ``before`` and ``around`` in the order of their declaration,
parents first; ``after`` in reverse. They nest by position: an ``after`` that was declared
below an ``around`` runs inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from django_activejob.errors import Abort

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

F = TypeVar("F", bound=Callable[..., Any])
Chain = str  # "enqueue", "perform", "discard"; features above have chains of their own
Kind = Literal["before", "around", "after"]
Action = Callable[[], Any]

MARK = "_active_job_callbacks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A method by name, and where in which chain it runs."""

    chain: Chain
    kind: Kind
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a chain ended: with the action's value, or aborted by a ``before``."""

    value: Any = None
    aborted: bool = False


_ABORTED = Ending(value=False, aborted=True)


def before_enqueue(method: F) -> F:
    """Runs the method before a job is enqueued; raising Abort prevents that."""
    return marked(method, "enqueue", "before")


def around_enqueue(method: F) -> F:
    """Runs the method, a generator with one ``yield``, around the enqueuing of a job."""
    return marked(method, "enqueue", "around")


def after_enqueue(method: F) -> F:
    """Runs the method after a job was handed to its adapter, refused or not; not after Abort."""
    return marked(method, "enqueue", "after")


def before_perform(method: F) -> F:
    """Runs the method before ``perform``; raising Abort ends the job without performing it."""
    return marked(method, "perform", "before")


def around_perform(method: F) -> F:
    """Runs the method, a generator with one ``yield``, around ``perform``.

    The ``yield`` gives what ``perform`` returned.
    """
    return marked(method, "perform", "around")


def after_perform(method: F) -> F:
    """Runs the method after ``perform`` has returned."""
    return marked(method, "perform", "after")


def after_discard(method: F) -> F:
    """Runs the method with the error when a job is given up.

    That is: discarded, retried in vain, or failed with an error that nothing handles.
    """
    return marked(method, "discard", "after")


def run(job: ActiveJob, chain: Chain, action: Action) -> Ending:
    """Runs an action with the callbacks of a chain around it."""
    callbacks = of(type(job), chain)
    if not callbacks:
        return Ending(value=action())
    return _run(job, iter(callbacks), action)


def has_around(job_class: type[ActiveJob], chain: Chain) -> bool:
    """Whether a class has callbacks around something, which begin and end in one thread."""
    return any(callback.kind == "around" for callback in of(job_class, chain))


def run_before(job: ActiveJob, chain: Chain) -> Ending | None:
    """Runs the ``before`` callbacks of a chain without ``around``; an ending if one aborts it."""
    for callback in of(type(job), chain):
        if callback.kind == "before":
            try:
                getattr(job, callback.method)()
            except Abort:
                return _ABORTED
    return None


def run_after(job: ActiveJob, chain: Chain) -> None:
    """Runs the ``after`` callbacks of a chain without ``around``, the last one first."""
    for callback in reversed(of(type(job), chain)):
        if callback.kind == "after":
            getattr(job, callback.method)()


def of(job_class: type[ActiveJob], chain: Chain) -> tuple[Callback, ...]:
    """The callbacks of a class for one chain, in the order of their declaration."""
    collected: dict[str, tuple[Callback, ...]] | None = job_class.__dict__.get("_callbacks")
    if collected is None:
        collected = {}
        job_class._callbacks = collected
    if chain not in collected:
        collected[chain] = _collect(job_class, chain)
    return collected[chain]


def marked(method: F, chain: Chain, kind: Kind) -> F:
    """Notes on a method that it is a callback; for decorators."""
    marks = (*getattr(method, MARK, ()), (chain, kind))
    setattr(method, MARK, marks)
    return method


def _collect(job_class: type, chain: Chain) -> tuple[Callback, ...]:
    found: dict[Callback, None] = {}
    for parent in reversed(job_class.__mro__):
        for callback in _declared_in(parent, chain):
            # Declared again: it moves to the later place, as in Active Job.
            found.pop(callback, None)
            found[callback] = None
    # A subclass does without a callback of its parents by setting its name to None.
    return tuple(each for each in found if getattr(job_class, each.method) is not None)


def _declared_in(parent: type, chain: Chain) -> Iterator[Callback]:
    for name, member in vars(parent).items():
        for marked_chain, kind in getattr(member, MARK, ()):
            if marked_chain == chain:
                yield Callback(chain=chain, kind=kind, method=name)


def _run(job: ActiveJob, rest: Iterator[Callback], action: Action) -> Ending:
    callback = next(rest, None)
    if callback is None:
        return Ending(value=action())
    method = getattr(job, callback.method)
    if callback.kind == "around":
        return _run_around(method, lambda: _run(job, rest, action), callback)
    if callback.kind == "before":
        try:
            method()
        except Abort:
            return _ABORTED
        return _run(job, rest, action)
    ending = _run(job, rest, action)
    if not ending.aborted:
        method()
    return ending


def _run_around(
    method: Callable[[], Generator[None, Any, None]],
    inner: Callable[[], Ending],
    callback: Callback,
) -> Ending:
    generator = method()
    try:
        next(generator)
    except StopIteration:
        return Ending()
    try:
        ending = inner()
    except BaseException as error:  # noqa: BLE001 - the generator decides, as with any yield
        return _thrown_into(generator, error, callback)
    try:
        generator.send(ending.value)
    except StopIteration:
        return ending
    raise _yielded_twice(callback)


def _thrown_into(
    generator: Generator[None, Any, None], error: BaseException, callback: Callback
) -> Ending:
    # The callback may deal with the error: by a finally, or by swallowing it.
    try:
        generator.throw(error)
    except StopIteration:
        return Ending()
    raise _yielded_twice(callback) from error


def _yielded_twice(callback: Callback) -> RuntimeError:
    return RuntimeError(
        f"around_{callback.chain} callback {callback.method}: it yields more than once. "
        "It may yield exactly once, where the job is to be run."
    )
