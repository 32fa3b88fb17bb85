"""Parts of a design that the generator draws only when asked to, so that oracle and engine may learn them one by one.

`LANDED` are those the engine computes too: every case of the suite has them. The census of each says what must occur.
"""

from __future__ import annotations

CENSUS = {
    "ad": ("step ad", "ad removed", "ad removed after the end"),
    "schedule": (
        "entry by schedule",
        "schedule once round",
        "schedule every",
        "schedule at a time",
        "schedule on weekdays",
        "schedule in the profile's zone",
        "schedule with re-entry",
    ),
    "limits": (
        "dropped by the number of instances",
        "dropped by the number of events",
        "let in after a drop",
        "expired",
    ),
    "list": ("list with members", "entry by list", "listed later than first seen"),
    "identifier": (
        "instances by identifier",
        "parallel values",
        "value enters again",
        "exit that matches",
        "branch for any identifier",
    ),
    "context": ("journey() in a branch taken", "journey() in an exit", "journey() in a hold event"),
    "delay_until": (
        "step delay_until",
        "until a time",
        "until a weekday",
        "until a date",
        "until a property",
        "until a trait",
        "until with an offset",
        "until in the workspace's zone",
        "moment past or missing",
        "leave of a delay",
        "clocks change while waiting",
        "profile's own zone",
    ),
    "fork": (
        "step fork",
        "fork left at once",
        "fork that waits",
        "fork never left",
        "parallel paths",
        "fork with join",
    ),
    "exit by condition": ("exit by condition", "exit by condition at entry", "exit by condition before arrival"),
    "set_trait": (
        "step set_trait",
        "a write changes a membership",
        "a write lets somebody in",
        "a write ends an instance",
        "a write moves a wait",
        "a write takes a branch",
        "a write depends on a write",
        "own write seen at once",
        "write dropped by the limit",
        "two journeys write one trait",
        "two journeys write one trait at once",
    ),
    "policies": (
        "dropped by a cap",
        "moved by a cap",
        "sent after a cap",
        "capped by another campaign",
        "left because of a cap",
        "moved by quiet hours",
        "dropped in quiet hours",
        "due at once",
        "due at once from two campaigns",
        "no consent",
        "suppressed",
        "held out of everything",
        "of a group",
        "dropped for its group",
        "too late",
        "instance ended",
        "waiting at the end",
    ),
    "broadcasts": (
        "broadcast with rows",
        "broadcast to some",
        "broadcast of variants",
        "broadcast held out",
        "broadcast by everybody's clock",
        "broadcast spread out",
        "broadcast not sent",
    ),
    "responses": (
        "response delivered",
        "response opened",
        "response clicked",
        "response converted",
        "response by audience",
        "response after a while",
        "a response changes what happens",
        "a response lets somebody in",
        "a response leads to a message",
        "a sent message changes what happens",
        "visits that rest on responses or policies",
    ),
}
DECIDES = {
    "exit by condition": ("condition_tested_at_entry", "condition_tested_before_arrival"),
    "identifier": (
        "identifier_is_needed", "active_value_is_ignored", "ended_value_enters_again", "holds_hear_their_value",
        "any_identifier_opts_out", "exits_match_when_told", "other_exits_hear_all", "values_by_text_form",
    ),
    "context": ("context_has_aliases", "entry_keeps_its_name", "newest_capture_wins", "exits_see_entry_only"),
    "ad": ("removal_survives_the_instance",),
    "schedule": (
        "schedule_repeats_as_every", "schedule_from_at_on", "schedule_zone_of_the_occurrence", "schedule_needs_a_profile",
    ),
    "limits": (
        "instances_of_all_journeys_count", "dropped_is_no_entry", "surplus_is_not_heard", "own_exits_before_expiry",
    ),
    "list": ("listed_by_any_identifier", "listed_from_first_shown", "listed_need_eligibility"),
    "set_trait": (
        "writes_are_seen", "writes_public_after_a_microsecond", "a_write_is_an_instant", "write_sorts_after_the_log",
        "own_write_seen_at_once", "own_write_is_of_its_instance", "own_write_seen_on_every_path",
        "own_write_ends_with_its_instant", "own_audience_follows_later", "writes_in_order_of_campaigns",
        "writes_in_order_of_seq", "limit_of_writes", "limit_over_all_journeys", "limit_by_second_of_timestamp",
        "write_to_be_dropped_is_seen_at_once", "written_null_removes", "write_replaces_an_object", "written_zone_counts",
        "address_is_of_the_log", "subscription_is_of_the_log", "writes_reach_who_shares_an_account",
        "memberships_see_writes",
    ),
    "fork": (
        "a_step_runs_once", "fork_in_list_order", "fork_branches_not_exclusive", "fork_left_by_the_last",
        "seq_in_reversed_post_order", "paths_in_branch_order",
    ),
    "delay_until": (
        "zone_trait_first", "any_call_tells_the_zone", "last_valid_zone_counts", "offset_at_target", "gap_ends_at_its_end",
        "first_of_two", "date_without_zone_is_local", "missing_date_is_past",
    ),
}  # fmt: skip
"""Flags of the oracle without which some cases have other rows."""
ALL = frozenset(CENSUS)
LANDED: frozenset[str] = ALL - {"policies", "broadcasts", "responses"}
