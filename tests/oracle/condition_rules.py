"""The decisions about conditions, computed traits and accounts that can be got wrong by one character, as flags."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConditionRules:
    """True everywhere = the text. Each flag is named by a golden case that changes when it is set False."""

    # Values
    differs_any_element: bool = True  # D-53: `!=` is positive, one element that differs will do
    contains_inside_elements: bool = True  # D-53: substrings of each element, not whole elements
    omits_holds_for_null: bool = True  # AU-9: the negation of contains
    empty_list_is_absent: bool = True  # D-53
    case_counts: bool = True  # D-8, AMB-7
    shortest_number_text: bool = True  # D-40: 5.0 -> 5
    boolean_words: bool = True  # D-8: 'true' equals true
    boolean_is_no_number: bool = True  # D-40
    number_text_is_whole: bool = True  # D-40: fully numeric, so neither ' 21' nor '21.' nor 'inf'
    orders_numbers_only: bool = True  # D-40: text is neither below nor above
    dollar_elements_apart: bool = True  # AU-10, V-5: two `$` conditions may be met by different elements
    windows_intersect: bool = True  # D-43
    # Dates
    before_date_inclusive: bool = True  # D-42, AU-8
    after_date_inclusive: bool = True
    last_old_side_closed: bool = True  # within_last N: exactly N old counts
    last_has_now: bool = True  # within_last ends at now, inclusive
    next_has_now: bool = True  # within_next begins at now, inclusive
    next_far_side_closed: bool = True  # within_next N: exactly N ahead counts
    before_last_inclusive: bool = True
    after_next_inclusive: bool = True
    date_needs_zone: bool = True  # D-42, AU-8
    date_equals_instant: bool = True  # D-53: whatever the zone it is written in
    date_literal_is_midnight_utc: bool = True  # D-42
    where_dates_from_now: bool = True  # D-9: a date in where() is asked at the instant of evaluation
    # Funnels
    child_after_parent: bool = True  # AU-18, D-43
    child_strictly_after: bool = True  # AU-20: no event follows itself
    tie_in_order_is_after: bool = True  # D-2, AMB-9: of one instant, later in the order is after
    child_window_closed: bool = True  # D-3: timestamp <= parent + D
    between_parent_old_side_open: bool = True  # later than parent + A
    child_window_from_now: bool = True  # a window without parent: counts back from now
    each_parent_by_itself: bool = True  # AU-18, AU-19
    not_then_holds_at_once: bool = True  # D-10
    negated_count_is_literal: bool = True  # AU-21, AMB-10
    parent_is_the_nearest: bool = True  # AU-17: of two levels up, the next one
    entry_where_sees_history: bool = True  # D-43: an entry's own where has no parent
    where_trait_from_now: bool = True  # D-9
    # Reducers
    nothing_is_absent: bool = True  # D-40, AMB-38: sum, avg, min, max of no values
    count_of_nothing_is_zero: bool = True  # D-8
    sum_is_exact: bool = True  # D-40: at most 4 decimals
    sum_of_long_decimals_in_order: bool = True  # D-40: else doubles in D-2 order
    lists_flatten: bool = True  # D-41
    missing_is_skipped: bool = True  # D-8, AMB-37
    mode_at_least_twice: bool = True  # D-40, V-24
    least_is_enough: bool = True  # CT: seen N times is enough for a minimum of N
    ties_alphabetical: bool = True  # D-8, AMB-36
    ties_on_text_form: bool = True  # D-8: 10 before 9
    one_value_a_text_form: bool = True  # 2, 2.0 and '2' are one value of mode and unique
    array_is_one_value: bool = True  # mode ... as array
    unique_is_sorted: bool = True  # D-8, AU-3.1: alphabetical
    string_extremes_by_text: bool = True  # max(... as string)
    last_of_a_list_is_its_last: bool = True
    sources_are_left_out: bool = True  # D-43
    no_source_stays: bool = True  # D-43
    # Sessions
    gap_itself_starts_anew: bool = True  # D-43: gap >= N
    session_keeps_its_value: bool = True  # D-43: until the next event
    gaps_after_filter: bool = True  # a gap is measured between the events the chain leaves over
    # Computed traits
    trait_of_its_instant: bool = True  # D-9: traits first, then audiences that read them, at one instant
    audience_false_from_start: bool = True  # D-9: false, not absent
    traits_for_everybody: bool = True  # D-43: AU-4 binds named audiences only
    # Accounts
    account_since_first_call: bool = True  # nothing holds before
    asks_eligible_only: bool = True  # AMB-11, AU-4
    anonymous_asked_when_included: bool = True  # CT-7, AU-4
    all_of_nobody_is_false: bool = True  # AMB-11, AU-29
    none_of_nobody_is_true: bool = True  # AMB-11
    outside_means_any: bool = True  # AU-26
    inside_reads_the_user: bool = True  # inside ANY and ALL a trait is the user's
    history_before_link: bool = True  # AU-27
    any_of_their_accounts: bool = True  # AU-23
    account_orders_people_together: bool = True  # D-2 over all linked people
    child_of_the_same_person: bool = True  # nested events are those of the person of the parent
