//! Stories: whole cases over gRPC, as the people of the town live them.

#![expect(clippy::unwrap_used, reason = "a story may panic")]

mod a_batch_is_filed;
mod a_case_goes_to_the_court;
mod a_claim_holds;
mod a_date_is_argued;
mod a_dispute_is_agreed;
mod a_mediator_is_given;
mod a_rule_is_argued_with;
mod a_suggestion_is_corrected;
mod a_town_is_restored;
mod an_edition_comes;
mod bad_inputs;
mod every_damage_is_named;
mod every_directory_command;
mod every_joint_command;
mod every_other_command;
mod every_owner_counts;
mod first_question;
mod lifecycle;
mod news_in_any_order;
mod nobody_sees_a_foreign_case;
mod risk;
mod the_directory;
mod the_lawyer_advises;
mod the_operator_looks;
mod the_window_says_no;
mod whoever_hangs_up;
