"""The oracle: the law of `decisions.md` in plain Python, one profile and one instant at a time.

Slow and obvious on purpose. It shares the frozen domain models with the product and nothing else:
its own condition parser, log reading, identity, evaluation at an instant, journeys, messages.
`Rules` names every decision a mutant may break.
"""

from tests.oracle.replay import TABLES, Tables, replay
from tests.oracle.rules import LAW, Rules
from tests.oracle.scope import Refused
from tests.oracle.world import trait_value

__all__ = ["LAW", "TABLES", "Refused", "Rules", "Tables", "replay", "trait_value"]
