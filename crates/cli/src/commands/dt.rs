//! The commands on Dynatrace that are written by hand.

pub(crate) mod active_gate;
pub(crate) mod active_gate_token;
mod lists;
mod token_audit;
mod token_users;
pub(crate) mod update_job;
