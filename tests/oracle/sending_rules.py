"""The decisions about sending and broadcasts that can be got wrong by one character, as flags."""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracle.condition_rules import ConditionRules


@dataclass(frozen=True, slots=True)
class SendingRules(ConditionRules):
    """True everywhere = the text. Each flag is named by a golden case that changes when it is set False."""

    # The pipeline, D-22
    address_before_subscription: bool = True
    channel_before_group: bool = True
    subscription_before_consent: bool = True
    eligibility_before_suppression: bool = True
    suppression_before_holdout: bool = True
    holdout_before_quiet_hours: bool = True
    quiet_hours_before_caps: bool = True
    all_skips_the_subscription: bool = True  # D-23: send_to all
    all_skips_the_subscription_alone: bool = True  # neither consent nor suppression
    suppressed_at_the_instant: bool = True  # at the one at hand, not the due one
    moved_runs_the_whole_pipeline: bool = True  # D-22
    waits_at_the_end: bool = True  # D-22: status waiting
    # Subscriptions, groups and consent
    blank_status_changes_nothing: bool = True  # D-52
    unsubscribed_is_of_email: bool = True  # D-52: not of every channel
    groups_are_asked: bool = True  # SB-7
    groups_have_an_event: bool = True  # SB-9: Email Group Unsubscribed
    group_needs_its_channel: bool = True  # SB-7: subscribed to the channel as well
    group_needs_a_word: bool = True  # SB-7: explicit opt-in
    group_word_is_of_the_address: bool = True  # SB-1
    no_preferences_is_no_consent: bool = True  # D-54
    preferences_on_any_call: bool = True  # SB-10: an identify too
    preferences_count_as_a_whole: bool = True  # D-54
    # Waiting, D-49
    policy_after_all_movement: bool = True  # of the instant, not after each of its events
    too_late_at_once: bool = True
    longest_wait_itself_is_allowed: bool = True  # due_at + max_wait is not too late
    due_in_the_instant_of_the_exit_runs: bool = True
    exit_rules_drop_what_waits: bool = True
    only_exit_rules_drop: bool = True  # no completion, no leave
    exit_drops_what_waits_at_the_end: bool = True
    leave_at_the_due_instant_only: bool = True
    completed_stays_completed: bool = True
    reason_stays_when_sent: bool = True
    # Holdouts, D-52, D-54
    holdout_is_one_for_all: bool = True  # u of policies, holdout, profile
    holdout_is_of_its_audience: bool = True
    holdout_asked_once: bool = True  # members at the due instant
    branch_of_a_holdout_holds_out: bool = True
    held_out_is_no_drop: bool = True  # for leave
    # Quiet hours and send windows, D-34, D-54
    quiet_from_is_inside: bool = True
    quiet_to_is_outside: bool = True
    quiet_over_midnight: bool = True
    quiet_hours_of_the_profile: bool = True  # its zone
    quiet_hours_of_their_channel: bool = True
    quiet_hours_may_drop: bool = True
    equal_clock_times_never_apply: bool = True
    window_is_the_complement: bool = True
    window_looked_at_last: bool = True
    first_entry_that_forbids: bool = True  # list order
    wait_ends_by_the_clock: bool = True  # D-32: where the clock is changed meanwhile
    wait_ends_in_the_hour_at_hand: bool = True  # of one that comes twice
    # Caps, D-24
    cap_old_side_open: bool = True  # (t - W, t]
    cap_counts_the_one_at_hand: bool = True
    cap_over_all_campaigns: bool = True
    cap_counts_its_channel: bool = True
    cap_without_channel_counts_all: bool = True
    assumed_sends_fill_caps: bool = True  # messages of both kinds
    held_out_fills_no_cap: bool = True
    sends_of_the_log_do_not_count: bool = True
    a_cap_with_drop_wins: bool = True  # D-49
    deferred_to_the_first_instant_allowed: bool = True
    deferred_until_all_caps_allow: bool = True
    higher_priority_first: bool = True
    step_priority_first: bool = True  # D-49: before its journey's
    older_due_first: bool = True
    ties_by_campaign: bool = True
    ties_by_entry_key: bool = True
    sends_by_entry_key_as_text: bool = True
    ties_by_instance: bool = True
    ties_by_step: bool = True
    # Broadcasts, D-26
    recipients_are_frozen: bool = True  # at the list's instant, not each at theirs
    list_from_first_zone_on: bool = True  # UTC+14
    zones_of_the_lists_instant: bool = True
    same_clock_for_each: bool = True  # zone: profile
    undated_zone_is_the_workspaces: bool = True  # `at` without a zone
    clock_time_as_it_is_typed: bool = True  # in every zone, also where the workspace's skips it
    lists_within_the_window: bool = True  # outside it there is no broadcast
    due_after_the_end_has_no_row: bool = True
    excluded_at_the_lists_instant: bool = True
    variants_drawn_by_the_profile_alone: bool = True  # broadcast key, variants, profile
    variant_falls_back_on_the_broadcast: bool = True
    throughput_in_order_of_the_hash: bool = True
    queue_has_a_rate: bool = True
    the_held_out_take_a_place: bool = True
    shares_are_of_the_queue: bool = True  # each from the queue's beginning, not from place to place
    queue_begins_anew: bool = True
