//! The commands on Dynatrace that are written by hand.

pub(crate) mod active_gate;
pub(crate) mod active_gate_token;
mod created_token;
mod lists;
mod lost_token;
mod prune_plan_file;
mod prune_row;
mod rotation_row;
mod token_audit;
mod token_form;
mod token_place;
mod token_prune;
mod token_rotation;
mod token_users;
pub(crate) mod update_job;
