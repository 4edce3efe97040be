"""What an error of Redis means: come again later, or a bug."""

from __future__ import annotations

from typing import Final

from redis import exceptions

# What Redis says when it cannot do now what it could do in principle, and what to do about it.
# Errors of scripts bear the word inside their text on older servers.
_ADVICE: Final = {
    "OOM": "Its memory is full: give it more (maxmemory), or work off what waits.",
    "READONLY": "It is a replica: does the cache's LOCATION name the master?",
    "LOADING": "It reads its data from disk and will be there soon.",
    "MASTERDOWN": "It is a replica that has lost its master.",
    "MISCONF": "It cannot write its data to disk: look at its log.",
    "NOREPLICAS": "It has fewer replicas than min-replicas-to-write asks for.",
    "UNBLOCKED": "It has just become a replica.",
    "BUSY": "A script holds it up: SCRIPT KILL ends it.",
    "NOAUTH": "It wants a password: put it into the cache's LOCATION or OPTIONS.",
    "WRONGPASS": "Name and password of the cache do not fit.",
    "NOPERM": "This user may not do what a queue needs: give it all commands on our keys.",
    "CLUSTERDOWN": "Redis Cluster is not supported: use a single server, or Sentinel.",
    "MOVED": "Redis Cluster is not supported: use a single server, or Sentinel.",
    "CROSSSLOT": "Redis Cluster is not supported: use a single server, or Sentinel.",
}
_CODES: Final[dict[type[Exception], str]] = {
    exceptions.OutOfMemoryError: "OOM",
    exceptions.ReadOnlyError: "READONLY",
    exceptions.BusyLoadingError: "LOADING",
    exceptions.MasterDownError: "MASTERDOWN",
    exceptions.NoPermissionError: "NOPERM",
    exceptions.AuthenticationError: "NOAUTH",
    exceptions.ClusterDownError: "CLUSTERDOWN",
    exceptions.ClusterCrossSlotError: "CROSSSLOT",
    exceptions.MovedError: "MOVED",
}
_OF_SENTINEL: Final = "previous master is now a slave"  # redis-py's, when it asked Sentinel
_OF_CLUSTER: Final = "in a cluster node script"
_CONNECTING: Final = (exceptions.ConnectionError, exceptions.TimeoutError, OSError)


def advice_for(error: Exception) -> str | None:
    """What to do about an error that may pass by itself; None for one that will not."""
    if isinstance(error, exceptions.MaxConnectionsError):
        return "All connections are in use: raise the adapter's option 'max_connections'."
    code = code_of(error)
    if code is not None:
        return _ADVICE[code]
    return "Is the server up?" if isinstance(error, _CONNECTING) else None


def is_refusal_of_replica(error: Exception) -> bool:
    """Says whether a replica has refused to write: nothing was done, and there is a master."""
    return code_of(error) in ("READONLY", "UNBLOCKED") or _OF_SENTINEL in str(error)


def code_of(error: Exception) -> str | None:
    """The word with which Redis says what is wrong; None for others, and for bugs."""
    for kind, code in _CODES.items():
        if isinstance(error, kind):
            return code
    if _OF_CLUSTER in str(error):
        return "CROSSSLOT"
    words = str(error).replace("-", " ").replace(":", " ").split()
    return next((code for code in _ADVICE if code in words), None)
