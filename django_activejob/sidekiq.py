"""Jobs of Sidekiq's own, without Active Job around them: to be done by Ruby, or done for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from typing_extensions import override

from django_activejob.contracts import Payload
from django_activejob.errors import SerializationError
from django_activejob.job import registry
from django_activejob.job.base import ActiveJob


class SidekiqJob(ActiveJob):
    """A job that Ruby knows as a class with ``include Sidekiq::Job``.

    ``class HardWorker(SidekiqJob): def perform(self, name, count): ...`` performs what Ruby
    enqueues with ``HardWorker.perform_async("bob", 5)``; and ``HardWorker.perform_later("bob", 5)``
    enqueues it for whoever serves the queue. On the redis adapter; arguments are plain JSON, none
    of them by keyword.

    The class's name on the wire is its qualified name as a constant of Ruby: ``Reports.Daily`` is
    ``Reports::Daily``; ``wire_name`` says another. A job that fails is performed again as Sidekiq
    does it, 25 times if ``retry`` says nothing else.
    """

    @override
    def __init_subclass__(cls, **kwargs: Any) -> None:
        if cls.retry is None:
            cls.retry = True
        if "wire_name" not in cls.__dict__:
            cls.wire_name = _constant(cls.__qualname__)
        super().__init_subclass__(**kwargs)

    @override
    def serialize(self) -> Payload:
        """The JSON form of the job, with the arguments as they are.

        Raises:
            SerializationError: one of them is not plain JSON, or is given by keyword.
        """
        payload = super().serialize()
        if self.serialized_arguments is None:
            self._refuse_what_is_not_json()
            payload["arguments"] = self.arguments
        payload["raw"] = True
        return payload

    @override
    def deserialize(self, payload: Mapping[str, Any]) -> None:
        """Fills the job; arguments that Ruby gave it are taken as they are."""
        super().deserialize(payload)
        if payload.get("raw"):
            self.arguments = payload["arguments"]
            self.serialized_arguments = None

    def _refuse_what_is_not_json(self) -> None:
        name = registry.name_of(type(self))
        if self.keyword_arguments:
            raise SerializationError(
                f"{name}: a job of Sidekiq takes no keyword arguments, and this one has "
                f"{', '.join(self.keyword_arguments)}. Pass them by position, or as one dict."
            )
        for place, value in _foreign(enumerate(self.arguments), "arguments"):
            raise SerializationError(
                f"{name}: {place} is a {type(value).__name__}. A job of Sidekiq takes plain JSON "
                "alone: text, numbers, True, False, None, lists, and dicts with text as "
                "keys. Pass an id in place of a model."
            )


_PLAIN: Final = frozenset({str, int, float, bool, type(None)})


def _foreign(items: Iterable[tuple[Any, Any]], place: str) -> Iterable[tuple[str, Any]]:
    for key, value in items:
        here = f"{place}[{key!r}]"
        if type(value) is list:
            yield from _foreign(enumerate(value), here)
        elif type(value) is dict:
            yield from _foreign(value.items(), here)
        elif type(value) not in _PLAIN:
            yield here, value


def _constant(qualified_name: str) -> str:
    return qualified_name.rpartition("<locals>.")[2].replace(".", "::")
