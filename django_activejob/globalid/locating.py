"""From global ids to what they name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from django_activejob.errors import InvalidGlobalID, RecordNotFound, RecordUnavailable
from django_activejob.globalid.gid import GlobalID
from django_activejob.globalid.locators import Locator, locator_for

Kinds = type | tuple[type, ...] | None


def locate(gid: GlobalID | str, *, only: Kinds = None, includes: Sequence[str] = ()) -> Any:
    """What an id names; None for what is no id, does not fit its model, or is not wanted.

    Args:
        gid: an id, its text, or its URL-safe form.
        only: classes, of which the model must be one or a child of one.
        includes: relations that will be needed, as for ``prefetch_related``.

    Raises:
        ObjectDoesNotExist: the row is gone; of the model's own kind.
        LookupError: no such model.
    """
    try:
        found = locate_many([gid], only=only, includes=includes)
    except InvalidGlobalID:
        return None
    return found[0] if found else None


def fetch(gid: GlobalID | str, *, only: Kinds = None, includes: Sequence[str] = ()) -> Any:
    """As ``locate``, but with two errors that say whether to wait or to give up.

    Raises:
        RecordNotFound: the row is gone, and only that; the cause is the model's own error.
        RecordUnavailable: anything else that went wrong; the cause says what.
    """
    known = read(gid)
    if known is None:
        return None
    try:
        found = locate_many([known], only=only, includes=includes)
    except ObjectDoesNotExist as error:
        raise RecordNotFound(f"{known} is gone from its table.") from error
    except Exception as error:  # a locator may fail in any way: its store, its network
        raise RecordUnavailable(f"{known} could not be looked up: {error}") from error
    return found[0] if found else None


def fetch_many(gids: Iterable[GlobalID]) -> Mapping[GlobalID, Any]:
    """What the ids name, by id, without what is gone; one query for each model.

    Raises:
        RecordUnavailable: one of them could not be looked up; the cause says why.
    """
    try:
        return _found(gids)
    except Exception as error:  # as in fetch
        raise RecordUnavailable(f"Some ids could not be looked up: {error}") from error


def locate_many(
    gids: Iterable[GlobalID | str],
    *,
    only: Kinds = None,
    includes: Sequence[str] = (),
    ignore_missing: bool = False,
) -> list[Any]:
    """What the ids name, in their order, repeated ones repeated; one query for each model.

    What is no id, or of no kind wanted, is left out; with ``ignore_missing`` also what is gone.

    Raises:
        ObjectDoesNotExist: a row is gone; of the model's own kind.
        InvalidGlobalID: an id does not fit its model's primary key.
        LookupError: no such model.
    """
    wanted = [gid for gid in map(read, gids) if gid is not None and _is_wanted(gid, only)]
    found = _found(wanted, includes)
    missing = next((gid for gid in wanted if gid not in found), None)
    if missing and not ignore_missing:
        raise _not_found(missing)
    return [found[gid] for gid in wanted if gid in found]


def model_class(gid: GlobalID | str) -> type:
    """The class of what an id names, as its locator says.

    Raises:
        InvalidGlobalID: this is no id.
        LookupError: no such model.
    """
    known = read(gid)
    if known is None:
        raise InvalidGlobalID(f"{gid!r} is not a global id. Expected gid://app/Model/id.")
    return locator_for(known).model_class(known)


def read(gid: object) -> GlobalID | None:
    """The id in an id, in its text, or in its URL-safe form; None when there is none."""
    if isinstance(gid, GlobalID):
        return gid
    if not isinstance(gid, str):
        return None
    try:
        return GlobalID.parse(gid) if gid.startswith("gid:") else GlobalID.from_param(gid)
    except InvalidGlobalID:
        return None


def _found(gids: Iterable[GlobalID], includes: Sequence[str] = ()) -> Mapping[GlobalID, Any]:
    groups: dict[Locator, list[GlobalID]] = defaultdict(list)
    for gid in gids:
        groups[locator_for(gid)].append(gid)
    found: dict[GlobalID, Any] = {}
    for locator, group in groups.items():
        found.update(locator.locate_many(dict.fromkeys(group), includes=includes))
    return found


def _is_wanted(gid: GlobalID, only: Kinds) -> bool:
    return only is None or issubclass(locator_for(gid).model_class(gid), only)


def _not_found(gid: GlobalID) -> ObjectDoesNotExist:
    model = locator_for(gid).model_class(gid)
    kind: type[ObjectDoesNotExist] = getattr(model, "DoesNotExist", ObjectDoesNotExist)
    return kind(f"{gid} is gone from its table.")
