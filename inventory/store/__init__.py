"""The store: tables, repository functions, migrations; SQLAlchemy lives here."""

from inventory.store.network import StoredNetwork
from inventory.store.records import Decision, RegisterVersion, RunRecord, RunState
from inventory.store.repository import Store
from inventory.store.sightings import StoredSightings
from inventory.store.traffic import StoredHistory, StoredTraffic

__all__ = [
    "Decision",
    "RegisterVersion",
    "RunRecord",
    "RunState",
    "Store",
    "StoredHistory",
    "StoredNetwork",
    "StoredSightings",
    "StoredTraffic",
]
