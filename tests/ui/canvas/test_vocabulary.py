"""The vocabulary that every good editor of graphs shares, row by row, and the test that tries each by hand."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
CANVAS = "ui/canvas/"
GESTURES, ARRANGE, BOARD = f"{CANVAS}test_gestures.py", f"{CANVAS}test_arrange.py", f"{CANVAS}test_board.py"
COPIES, BOXES, LOOKING = f"{CANVAS}test_copies.py", f"{CANVAS}test_copy_boxes.py", f"{CANVAS}test_looking.py"
ACTIONS = "ui/window/test_actions.py"

ROWS: dict[str, tuple[tuple[str, str], ...]] = {
    "wire to empty -> quick-add, filtered": (
        (GESTURES, "test_a_wire_dropped_on_empty_canvas_opens_the_box_and_adds_there"),
        (GESTURES, "test_the_box_offers_only_what_may_stand_there"),
        (GESTURES, "test_an_input_dropped_on_nothing_adds_a_step_that_leads_to_it"),
    ),
    "plus on output / plus on wire": (
        (GESTURES, "test_plus_under_a_free_output_adds_behind_it"),
        (GESTURES, "test_plus_on_a_hovered_wire_splices_and_moves_what_is_below_down"),
    ),
    "drop node on wire inserts": (
        (ARRANGE, "test_a_step_from_the_shelf_goes_into_a_wire_behind_an_output_or_beside"),
        (GESTURES, "test_a_free_step_dropped_on_a_wire_is_spliced_in"),
        (ARRANGE, "test_a_wired_step_dragged_onto_another_wire_moves_there_and_alt_only_places_it"),
    ),
    "delete and reconnect": ((GESTURES, "test_delete_reconnects_and_one_undo_brings_all_back"),),
    "rubber band, add/toggle select": (
        (GESTURES, "test_a_rubber_band_selects_what_it_touches_and_shift_adds"),
        (GESTURES, "test_a_band_with_ctrl_toggles_what_it_touches"),
        (GESTURES, "test_ctrl_click_toggles"),
    ),
    "select up/downstream": (
        (GESTURES, "test_shift_down_takes_everything_below"),
        (LOOKING, "test_everything_before_a_step_is_selected_by_one_key"),
    ),
    "copy/paste/duplicate across windows": (
        (COPIES, "test_steps_go_to_another_journey_and_another_window_with_their_wires_and_places"),
        (COPIES, "test_pasted_at_the_pointer_and_from_the_text_of_a_mail"),
        (COPIES, "test_duplicating_keeps_the_wires_among_the_copies"),
        (COPIES, "test_foreign_things_pasted_are_told_in_place"),
        (BOXES, "test_a_frame_and_its_steps_and_a_note_go_to_another_window"),
    ),
    "undo, one step per gesture": (
        (GESTURES, "test_dragging_cards_is_one_undo_step_on_the_grid"),
        (f"{CANVAS}test_undo_machine.py", "test_undo_and_redo_pass_the_same_states"),
    ),
    "auto-layout": ((f"{CANVAS}test_shown.py", "test_tidy_is_one_undo_step_without_overlaps_and_keeps_the_entry"),),
    "tidy selection, stable order": (
        (ARRANGE, "test_tidying_a_selection_leaves_the_others_and_keeps_its_corner"),
        ("document/test_tidy.py", "test_branches_keep_their_order"),
    ),
    "minimap": ((f"{CANVAS}test_parts.py", "test_clicking_the_minimap_goes_there"),),
    "snap to grid, modifier inverts": ((ARRANGE, "test_a_drag_snaps_to_the_grid_and_shift_lets_go"),),
    "alignment guides while dragging": ((ARRANGE, "test_guides_draw_a_card_to_the_sides_and_middles_of_others"),),
    "align / distribute commands": (
        (ARRANGE, "test_aligning_is_one_undo_step"),
        (ARRANGE, "test_distributing_makes_the_gaps_equal"),
    ),
    "type-anywhere search palette": (
        (GESTURES, "test_a_letter_opens_the_box_with_it_and_space_opens_it_empty"),
        (GESTURES, "test_escape_closes_the_box_and_changes_nothing"),
    ),
    "command palette of all actions": ((ACTIONS, "test_every_action_is_reached_by_the_palette"),),
    "arrow keys walk the graph": (
        (GESTURES, "test_arrow_keys_walk_the_graph"),
        (GESTURES, "test_ctrl_arrows_nudge_as_one_undo_step"),
    ),
    "fit all / fit selection / 100 %": (
        (LOOKING, "test_fit_all_fit_the_selection_and_100_percent"),
        (GESTURES, "test_zooming_keeps_the_point_under_the_cursor"),
    ),
    "notes and frames": (
        (BOARD, "test_a_note_is_written_moved_resized_coloured_and_taken_away"),
        (BOARD, "test_a_note_by_keys_only"),
        (BOARD, "test_a_frame_takes_along_what_it_holds"),
        (BOXES, "test_a_note_alone_is_copied_cut_pasted_and_duplicated"),
        (BOXES, "test_all_that_is_selected_moves_and_goes_together"),
    ),
    "collapse group / sub-flow": (
        (BOARD, "test_a_branch_folds_and_unfolds"),
        (BOARD, "test_only_what_no_other_way_leads_to_is_hidden"),
        (f"{CANVAS}test_fold_tidy.py", "test_tidy_of_a_folded_branch_by_hand_and_back"),
    ),
    "edge routing by direction": ((LOOKING, "test_a_wire_runs_by_its_direction"),),
}
"""The matrix of the anchors, the rows that are "must" and "should" for us."""
FURTHER: dict[str, tuple[tuple[str, str], ...]] = {
    "connect from either end": (
        (GESTURES, "test_drag_from_an_output_to_a_step_connects"),
        (GESTURES, "test_drag_from_an_input_back_to_a_free_output_connects"),
    ),
    "what is not allowed shows why while dragging": (
        (GESTURES, "test_a_circle_is_refused_with_its_reason_while_dragging"),
    ),
    "reconnect either end": (
        (GESTURES, "test_the_end_of_a_wire_can_be_led_elsewhere"),
        (GESTURES, "test_the_beginning_of_a_wire_can_be_led_elsewhere"),
        (GESTURES, "test_the_end_of_a_wire_dropped_on_nothing_disconnects"),
    ),
    "replace keeping wires": ((ARRANGE, "test_replacing_keeps_place_name_and_wires"),),
    "auto-pan at edges": ((GESTURES, "test_a_drag_at_the_edge_moves_the_view_and_the_card_along"),),
    "read-only keymap while playing": (
        ("ui/window/test_window.py", "test_while_the_clock_runs_the_journey_is_only_looked_at"),
        (GESTURES, "test_read_only_looks_but_edits_nothing"),
    ),
    "level of detail with hysteresis": ((LOOKING, "test_detail_follows_the_size_on_screen_and_does_not_flicker"),),
    "find in the graph, next and previous": ((LOOKING, "test_finding_walks_cards_notes_and_what_is_folded"),),
    "picture as SVG, PNG, PDF": ((COPIES, "test_a_picture_of_all_in_three_kinds"),),
    "one change repaints only its cards and wires": (
        (f"{CANVAS}test_repaint.py", "test_an_edit_paints_what_it_touches"),
    ),
}
"""The rest of what the canvas promises."""


@pytest.mark.parametrize("row", [*ROWS, *FURTHER])
def test_each_row_has_its_test(row: str) -> None:
    for file, name in (ROWS | FURTHER)[row]:
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file}::{name}"


def test_no_row_of_the_matrix_is_forgotten() -> None:
    assert len(ROWS) == 21
    assert all((ROWS | FURTHER).values())
