"""Getting results out: payloads, destinations, the sender that empties the outbox."""

from engage_desktop.delivery.destinations import DESTINATION_TYPES, open_destination
from engage_desktop.delivery.ledger import run_tables
from engage_desktop.delivery.planning import DeliveryPlan, campaigns_for, plan_calls
from engage_desktop.delivery.sender import Sender, Tally

__all__ = [
    "DESTINATION_TYPES",
    "DeliveryPlan",
    "Sender",
    "Tally",
    "campaigns_for",
    "open_destination",
    "plan_calls",
    "run_tables",
]
