"""Each decision that can be got wrong by one character, as a named flag. `LAW` is the text; a mutant flips one."""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracle.made_rules import MadeRules


@dataclass(frozen=True, slots=True)
class Rules(MadeRules):
    """True everywhere = the text. A flag set False is a plausible misreading of the cited decision."""

    order_by_received: bool = True  # D-2: ties of timestamp go by receivedAt
    order_by_position: bool = True  # D-2: then by position in the input
    within_old_side_open: bool = True  # D-3: an event exactly N old is out
    within_includes_now: bool = True  # D-3, D-4: an event at now is in
    between_young_side_closed: bool = True  # D-3: an event exactly A old is in
    expiry_without_event: bool = True  # D-5: a window that expires changes membership with no event
    eligibility_from_instant: bool = True  # D-6, AU-4: an id makes eligible only once shown
    null_differs_nothing: bool = True  # AU-9: `!=` is false for null
    none_of_null_false: bool = True  # D-8: none_of(null) = false
    numeric_text: bool = True  # D-40: fully numeric text compares with numbers
    list_any: bool = True  # D-41: a positive operator holds when any element satisfies it
    event_at_deadline_counts: bool = True  # D-12: events of t before timers of t
    exit_beats_branch: bool = True  # D-12
    exit_before_entry: bool = True  # D-12: an event that ends an instance may enter again
    wait_before_timer: bool = True  # D-12: a wait that comes true at its timeout goes on by next
    entry_event_consumed: bool = True  # D-13
    hold_needs_later_event: bool = True  # D-13: reached by a timer at t, a hold hears timestamp > t only
    wait_passes_at_once: bool = True  # D-13
    first_branch_wins: bool = True  # D-14
    loop_restarts_timer: bool = True  # D-15
    cool_down_end_allows: bool = True  # D-45
    cool_down_from_exit: bool = True  # D-45: from ended_at, not entered_at
    from_is_inclusive: bool = True  # D-17
    existing_only_when_asked: bool = True  # D-17
    age_tested_before_arrival: bool = True  # D-18, D-12
    age_spares_end_of_path: bool = True  # D-50
    condition_tested_at_entry: bool = True  # D-18: true at entry = ended there, with no visits
    condition_tested_before_arrival: bool = True  # D-12
    condition_spares_end_of_path: bool = True  # D-50
    exits_of_state_in_list_order: bool = True  # D-12: condition and age are one phase
    exits_before_waits: bool = True  # D-12: exits by condition and age before waits and timers
    zone_of_profile_by_default: bool = True  # formats 2
    zone_trait_first: bool = True  # D-30
    any_call_tells_the_zone: bool = True  # D-53: an identify too
    last_valid_zone_counts: bool = True  # D-47
    clock_is_strictly_later: bool = True  # D-31, D-46
    offset_at_target: bool = True  # D-32: the offset in force at the target, not on arrival
    gap_ends_at_its_end: bool = True  # D-32: a time in a gap is the first instant after it, not as far after it
    first_of_two: bool = True  # D-32
    date_without_zone_is_local: bool = True  # D-42
    target_of_now_is_not_past: bool = True  # D-46
    missing_date_is_past: bool = True  # D-33: `leave` acts on it too
    identifier_is_needed: bool = True  # D-16: an event without the property does not enter
    active_value_is_ignored: bool = True  # D-16: one active instance per value
    ended_value_enters_again: bool = True  # D-16, AMB-13
    holds_hear_their_value: bool = True  # D-16, J2-12
    any_identifier_opts_out: bool = True  # D-16
    exits_match_when_told: bool = True  # D-16, J2-30
    other_exits_hear_all: bool = True  # only match_identifier binds an exit
    values_by_text_form: bool = True  # 5, 5.0 and '5' are one value
    identifier_in_entry_key: bool = True  # D-19
    context_has_aliases: bool = True  # D-20, J2-15
    entry_keeps_its_name: bool = True  # D-20: a hold event of the entry event's name is stored under its alias only
    newest_capture_wins: bool = True  # D-20
    longest_name_wins: bool = True  # D-20
    loop_backs_are_captured: bool = True  # D-20, J2-14
    exits_see_entry_only: bool = True  # D-50
    a_step_runs_once: bool = True  # D-14: whoever joins later ends there
    fork_in_list_order: bool = True  # D-54
    fork_branches_not_exclusive: bool = True  # D-14
    fork_left_by_the_last: bool = True  # formats 4
    seq_in_reversed_post_order: bool = True  # D-46
    paths_in_branch_order: bool = True  # D-50: ties of joins inside one phase
    removal_survives_the_instance: bool = True  # J1-12: an ad's removal belongs to the list
    schedule_repeats_as_every: bool = True  # D-45
    schedule_from_at_on: bool = True  # D-54: the first occurrence at or after `at`
    schedule_every_is_exact: bool = True  # D-54: whatever the clocks do
    schedule_zone_of_the_occurrence: bool = True  # D-53: the profile's zone in force there, not the first it had
    schedule_needs_a_profile: bool = True  # D-5: nobody enters who does not exist
    listed_by_any_identifier: bool = True  # an audience from a list
    listed_from_first_shown: bool = True  # D-6
    listed_need_eligibility: bool = True  # AU-4
    instances_of_all_journeys_count: bool = True  # J2-39
    dropped_is_no_entry: bool = True  # D-11: it spends neither once nor a value
    surplus_is_not_heard: bool = True  # J2-39: by exits and holds neither
    own_exits_before_expiry: bool = True  # J2-38
    nothing_moves_after_the_end: bool = True  # D-21: timers that fall after the run's end do not fire
    last_end_step_tells: bool = True  # D-21, D-50: of several end steps
    exits_pull_from_anywhere: bool = True  # J2-31: not out of holds only
    guards_are_not_inherited: bool = True  # J1-6: what let somebody in is not asked again
    step_windows_count_from_now: bool = True  # J1-7: not from the step before
    shares_sum_to_a_hundred: bool = True  # J2-19: else refused
    sticky_without_entry_key: bool = True  # D-19
    draw_below_is_branch: bool = True  # D-19: u < cumulative, in list order
    assume_covers_unknown_only: bool = True  # D-49: a removed address is never assumed
    status_of_address: bool = True  # SB-1, D-52: state belongs to the address
    trait_null_removes: bool = True  # D-7
    entry_sees_itself: bool = True  # D-4
    # Traits that journeys set
    writes_are_seen: bool = True  # D-37: by conditions at all
    writes_public_after_a_microsecond: bool = True  # D-37: not at once
    a_write_is_an_instant: bool = True  # D-5: what it changes is noticed at its timestamp, without any event
    write_sorts_after_the_log: bool = True  # D-51: after the log's entries of its timestamp
    own_write_seen_at_once: bool = True  # D-37: within its instance
    own_write_is_of_its_instance: bool = True  # D-37: not of all instances of its journey
    own_write_seen_on_every_path: bool = True  # D-37: whatever path of the instance asks afterwards
    own_write_ends_with_its_instant: bool = True  # from then on the instance sees what everybody sees
    own_audience_follows_later: bool = True  # D-51: audiences and computed traits see it a microsecond later
    writes_in_order_of_campaigns: bool = True  # D-54: by key, not as in the file
    entry_keys_as_text: bool = True  # D-54: '999' after '1000'
    writes_in_order_of_seq: bool = True  # D-54: not as they were made
    limit_of_writes: bool = True  # D-37: 25
    limit_over_all_journeys: bool = True  # D-37: of a person
    limit_by_second_of_timestamp: bool = True  # D-54: a microsecond after it was made
    write_to_be_dropped_is_seen_at_once: bool = True  # the limit acts when the instant is over
    written_null_removes: bool = True  # D-7
    write_replaces_an_object: bool = True  # D-41: what was inside is gone
    written_zone_counts: bool = True  # D-30
    address_is_of_the_log: bool = True  # D-6: a written trait is no address
    subscription_is_of_the_log: bool = True  # D-52: nor a state
    writes_reach_who_shares_an_account: bool = True  # AU-23
    memberships_see_writes: bool = True  # D-5, D-37: the tables of the run
    ends_is_exclusive: bool = True  # D-54
    # Logs
    missing_received_is_timestamp: bool = True  # D-47
    clock_skew_is_taken_out: bool = True  # EV-1: receivedAt - (sentAt - originalTimestamp)
    a_day_ahead_is_no_future: bool = True  # EV-1: told of when dated more than a day after receipt
    zone_is_needed: bool = True  # D-47, EV-2
    first_duplicate_stays: bool = True  # D-47
    duplicates_by_message_id_only: bool = True  # EV-3: never by content
    three_hundred_fields_fit: bool = True  # AMB-1: more than 300 are refused
    context_traits_are_no_traits: bool = True  # EV-8
    # Identity
    context_mail_identifies: bool = True  # EV-8
    group_traits_are_the_accounts: bool = True  # EV-5: the mail of an account is nobody's
    previous_id_is_no_identifier: bool = True  # EV-9, D-53
    device_types_apart: bool = True  # section 2.4: android.id and ios.id are two types
    idfa_needs_tracking: bool = True  # section 2.4: only when adTrackingEnabled is true
    external_ids_are_whole: bool = True  # section 2.4: all four keys, encoding none
    external_ids_of_users_only: bool = True  # section 2.4: collection users
    own_traits_of_identify_only: bool = True  # own identifiers are read from the traits of an identify
    usual_values_blocked: bool = True  # ID-5, D-47
    pattern_matches_whole: bool = True  # ID-5: ^[0-]*$
    one_user_id: bool = True  # ID-2, D-47: 1, ever; others 5
    limit_itself_fits: bool = True  # ID-2: a limit of 5 allows five
    ranks_by_name: bool = True  # ID-3: others by name from 3 on
    weakest_goes_first: bool = True  # ID-4
    drops_until_it_fits: bool = True  # ID-4: retry, repeat
    dropped_is_not_attached: bool = True  # D-47: nor elsewhere
    period_old_side_open: bool = True  # ID-2: (t - per, t]
    period_from_first_got: bool = True  # ID-2: what the profile got in the period, not what it showed
    hundred_merges: bool = True  # ID-8
    thousand_mappings: bool = True  # ID-8
    shown_also_where_dropped: bool = True  # D-54: from the first call that shows it
    mail_names_before_anonymous_id: bool = True  # D-6
    first_shown_names: bool = True  # D-6: the first, not the smallest
    links_from_first_group_call: bool = True  # EV-12: each link from its own instant, for ever


LAW = Rules()
