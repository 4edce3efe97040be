"""What makes a job one that has attributes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from django_activejob.attributes.declaration import Attribute
from django_activejob.contracts import Payload
from django_activejob.errors import ConfigurationError, MalformedPayload, SerializationError
from django_activejob.job import registry
from django_activejob.job.base import ActiveJob
from django_activejob.job.callbacks import before_perform
from django_activejob.serialization import deserialize, serialize

if TYPE_CHECKING:
    _Job = ActiveJob
else:
    _Job = object


class Attributes(_Job):
    """Lets a job have attributes, as Active Job's Attributes does.

    ``class CountJob(Attributes, ActiveJob): count = attribute(int, default=0)``. What an
    execution assigns, its retries and resumptions find. ``perform`` is given none of it.
    """

    _declared: ClassVar[Mapping[str, Attribute[Any]]] = MappingProxyType({})

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._declared = _declared_by(cls)

    def __init__(self, *arguments: Any, **keyword_arguments: Any) -> None:
        super().__init__(*arguments, **keyword_arguments)
        self._values: dict[str, Any] = {}
        self._serialized_attributes: Any = None

    @override
    def serialize(self) -> Payload:
        """The JSON form of the job, with every attribute, those at their default too.

        Raises:
            SerializationError: an attribute has no JSON form.
        """
        payload = super().serialize()
        raw = self._serialized_attributes
        payload["attributes"] = self._written_attributes() if raw is None else raw
        return payload

    @override
    def deserialize(self, payload: Mapping[str, Any]) -> None:
        """Fills the job; attributes stay undecoded until they are read or the job is run."""
        super().deserialize(payload)
        self._serialized_attributes = payload.get("attributes")

    # Before perform at the latest, so that the job's handlers see what goes wrong.
    @before_perform
    def _restore_attributes(self) -> None:
        if self._serialized_attributes is None:
            return
        values = deserialize(self._serialized_attributes)
        if not isinstance(values, dict):
            raise MalformedPayload(f"{_label(self)}: its attributes are no dict: {values!r}.")
        self._values = {name: values[name] for name in self._declared if name in values}
        self._serialized_attributes = None

    def _attribute_values(self) -> dict[str, Any]:
        self._restore_attributes()
        return self._values

    def _written_attributes(self) -> Any:
        try:
            return serialize({name: getattr(self, name) for name in self._declared})
        except SerializationError as error:
            raise SerializationError(f"{_label(self)}: its attributes: {error}") from error


def _declared_by(job_class: type) -> Mapping[str, Attribute[Any]]:
    found: dict[str, Attribute[Any]] = {}
    for parent in reversed(job_class.__mro__):
        for name, member in vars(parent).items():
            if isinstance(member, Attribute):
                _check_name(job_class, name)
                found[name] = member
            else:
                found.pop(name, None)
    return MappingProxyType(found)


def _check_name(job_class: type, name: str) -> None:
    if hasattr(ActiveJob, name) or name in Payload.__annotations__:
        raise ConfigurationError(
            f"{job_class.__qualname__}.{name}: every job has something of this name. "
            "Give the attribute another."
        )


def _label(job: ActiveJob) -> str:
    return f"{registry.name_of(type(job))} (job id {job.job_id})"
