"""The decisions about what a run makes - events of messages, responses, kinds - that can be got wrong by one character."""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracle.sending_rules import SendingRules


@dataclass(frozen=True, slots=True)
class MadeRules(SendingRules):
    """True everywhere = the text. Each flag is named by a golden case that changes when it is set False."""

    # Events that a run makes
    a_sent_message_is_an_event: bool = True  # D-28
    every_campaign_hears_it: bool = True  # D-25: not only the one that made it
    generated_have_an_instant_of_their_own: bool = True  # D-51: a microsecond after they happened
    generated_sort_after_the_log: bool = True  # D-37: after the log's events of their instant
    generated_in_order_of_stages: bool = True  # sent, delivered, opened, clicked, converted
    generated_carry_their_origin: bool = True  # D-54: campaign, step, message
    limit_over_writes_and_events: bool = True  # D-54: 25, all kinds together
    limits_do_not_count_generated: bool = True  # J2-39
    a_window_after_it_expires: bool = True  # D-5: what rests on such an event ends with no event
    # Responses
    a_model_makes_responses: bool = True  # D-28
    steps_model_stands_first: bool = True  # D-28: and as a whole
    a_stage_needs_the_one_before: bool = True  # the nearest that the model has
    each_stage_has_its_draw: bool = True  # D-29
    response_draws_by_entry: bool = True  # D-29: by entry key
    response_where_u_below_p: bool = True  # D-29
    delay_has_its_draw: bool = True  # D-29
    delay_from_the_stage_before: bool = True
    delay_in_whole_seconds: bool = True  # rounded down
    first_by_counts: bool = True
    by_replaces_one_by_one: bool = True
    by_asked_when_sent: bool = True  # at sent_at, not at due_at
    responses_end_with_the_run: bool = True
    event_over_the_limit_was_a_response: bool = True  # the limit is of events
    # Kinds
    fed_back_is_assumed: bool = True  # D-27: what would not be there without assumptions
    plain_run_without_models: bool = True  # D-27
    plain_run_holds: bool = True  # D-27: where the policy says assume
    same_row_of_another_instance: bool = True  # D-27: neither instance nor seq tells rows apart
