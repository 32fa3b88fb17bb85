"""Random campaign files as plain data, drawn from the models' own fields, and one by hand.

Whatever field a model gains is generated from the next run on. Most designs make no sense;
that is the point: codec and document must carry them all the same.
"""

from __future__ import annotations

import json
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import BaseMetadata
from hypothesis import strategies as st
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from engage_desktop.document import loads, validate
from engage_desktop.document.canonical import CONDITION_FIELDS
from engage_desktop.domain.base import DurationText, InstantText, Key
from engage_desktop.domain.campaigns import Campaigns, Layout
from engage_desktop.domain.people import Audience
from engage_desktop.domain.problem import Problem
from engage_desktop.domain.workspace import IdentifierRule, Identity

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
KEYS = st.text("abz019_", min_size=1, max_size=5)
NUMBERS = st.one_of(
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 50.0, 33.34, 1e16, 1e22, 0.1, 1e-7]),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
CONDITIONS = st.sampled_from(
    [
        "event('Order Completed').count() >= 1",
        "event('Order Completed').within(90 days).count() >= 1 AND NOT trait('plan') = 'pro'",
        "audience('lapsed') OR trait('age') > 3",
        "property('price') >= 20",
        "event('Order Completed').count(",  # a draft keeps what was typed
        "",
    ]
)
EXTRAS = st.dictionaries(st.sampled_from(["x-note", "x-a", "x-Z"]), ANYTHING, max_size=2)


def of_type(annotation: Any, name: str) -> st.SearchStrategy[Any]:
    """JSON values that fit an annotation of the models."""
    if annotation == Key:
        return KEYS
    if annotation == DurationText:
        return st.sampled_from(["90m", "2h", "3d", "1d12h", "2w"])
    if annotation == InstantText:
        return st.sampled_from(["2011-03-01T09:00:00Z", "2011-03-01T09:00:00.5+01:00"])
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        tagged = all(piece in arguments for piece in get_args(DurationText))  # a member of a union with a tag
        return of_type(DurationText if tagged else arguments[0], name)
    if origin in (Union, types.UnionType):
        return st.one_of([of_type(argument, name) for argument in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return st.lists(of_type(arguments[0], name), max_size=3)
        return st.tuples(*(of_type(argument, name) for argument in arguments)).map(list)
    if origin is dict:
        keys = KEYS if isinstance(arguments[1], type) and issubclass(arguments[1], BaseModel) else TEXTS
        return st.dictionaries(keys, of_type(arguments[1], name), max_size=2)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return of_model(annotation)
    if annotation is str and name in CONDITION_FIELDS:
        return CONDITIONS
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXTS,
        int: st.integers(-(10**6), 10**6),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        type(None): st.none(),
        Any: ANYTHING,
    }
    return plain[annotation]


def of_field(name: str, field: FieldInfo) -> st.SearchStrategy[Any]:
    annotation = field.annotation
    for piece in field.metadata:
        if isinstance(piece, StringConstraints | BaseMetadata):
            return KEYS
    if field.metadata:  # a validator: duration or instant, told apart by its function
        return of_type(InstantText if "instant" in repr(field.metadata) else DurationText, name)
    return of_type(annotation, name)


def of_model(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects a model accepts, their keys in any order."""
    required, optional = {}, {}
    for name, field in model.model_fields.items():
        into = required if field.is_required() else optional
        into[field.alias or name] = st.deferred(lambda name=name, field=field: of_field(name, field))

    @st.composite
    def build(draw: st.DrawFn) -> dict[str, Any]:
        found = draw(st.fixed_dictionaries(required, optional=optional))
        if model is Audience and (found.get("definition") is None) == (found.get("list") is None):
            found["list"], found["definition"] = None, draw(CONDITIONS)
        if model is IdentifierRule:
            found["type"], found["limit"] = draw(KEYS), draw(st.none() | st.integers(1, 9))
        if model is Identity:
            found["identifiers"] = list({rule["type"]: rule for rule in found.get("identifiers", ())}.values())
            found["blocked"] = [text.strip("/") or "-" for text in found.get("blocked", ())]
        found |= draw(EXTRAS)
        order = draw(st.permutations(list(found)))
        return {key: found[key] for key in order}

    return build()


CAMPAIGN_FILES = of_model(Campaigns)
LAYOUT_FILES = of_model(Layout)

STOREFRONT = """{
  "format": "engage-campaigns/1",
  "workspace": {
    "name": "Størefront",
    "timezone": "Europe/London"
  },
  "audiences": [
    {
      "key": "lapsed",
      "name": "Lapsed buyers",
      "definition": "event('Order Completed').count() >= 1",
      "sync": [
        {
          "destination": "crm",
          "as": "identify",
          "mode": "batch",
          "every": "1h"
        }
      ]
    }
  ],
  "messages": [
    {
      "key": "nudge",
      "channel": "email",
      "from": "shop@example.com",
      "subject": "Still thinking?",
      "body": "<p>…</p>"
    }
  ],
  "destinations": [
    {
      "key": "crm",
      "type": "webhook",
      "settings": {
        "url": "http://127.0.0.1:9000/in"
      }
    }
  ],
  "journeys": [
    {
      "key": "cart_rescue",
      "name": "Cart rescue",
      "stage": "drive_intent",
      "entry": {
        "type": "event",
        "event": "Product Added",
        "where": "property('price') >= 20"
      },
      "exits": [
        {
          "key": "bought",
          "event": "Order Completed"
        }
      ],
      "goal": {
        "event": "Order Completed",
        "within": "14d",
        "value": "revenue"
      },
      "start": "wait",
      "steps": [
        {
          "key": "wait",
          "type": "hold",
          "name": "Two quiet hours",
          "branches": [
            {
              "key": "again",
              "event": "Product Added",
              "loop": true
            }
          ],
          "timeout": "2h",
          "on_timeout": "coin"
        },
        {
          "key": "coin",
          "type": "random",
          "branches": [
            {
              "key": "mail",
              "percent": 90,
              "next": "nudge"
            },
            {
              "key": "control",
              "percent": 10,
              "role": "holdout"
            }
          ]
        },
        {
          "key": "nudge",
          "type": "message",
          "message": "nudge",
          "x-colour": "teal"
        }
      ]
    }
  ],
  "x-owner": "growth"
}
"""


def design(**values: Any) -> Campaigns:
    """The storefront with values put at paths such as `journeys__0__entry`; None removes a key."""
    data = json.loads(STOREFRONT)
    for path, value in json.loads(json.dumps(values)).items():  # a later path may go into an earlier value
        *steps, last = path.split("__")
        here: Any = data
        for step in steps:
            here = here[int(step)] if isinstance(here, list) else here[step]
        if isinstance(here, list):
            here[int(last) : int(last) + 1] = [value]
        elif value is None:
            here.pop(last, None)
        else:
            here[last] = value
    campaigns, problems = loads(json.dumps(data))
    assert campaigns is not None, problems
    return campaigns


def only(campaigns: Campaigns, code: str) -> Problem:
    (problem,) = [problem for problem in validate(campaigns) if problem.code == code]
    assert problem.message
    assert problem.mend
    return problem
