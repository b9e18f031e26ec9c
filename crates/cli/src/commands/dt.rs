//! The commands on Dynatrace that are written by hand.

pub(crate) mod active_gate_token;
pub(crate) mod update_job;
