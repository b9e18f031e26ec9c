//! What to do if a token may exist whose secret is lost.

use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGateTokenCreate, ActiveGateType};

use crate::commands::dt::created_token::delete_command;
use crate::output::target::Target;

/// Returns what to do if a token may have been created at this time or later.
pub(crate) fn find_lost_line(
    create: &ActiveGateTokenCreate,
    since: Timestamp,
    target: &Target,
) -> String {
    let mut command = format!("gatelet dt active-gate-token find-lost --since {since}");
    if create.active_gate_type == Some(ActiveGateType::Cluster) {
        command.push_str(" --type cluster");
    }
    if create.seed_token == Some(true) {
        command.push_str(" --seed");
    }
    let line = target.command_line(&command, &[&create.name]);
    format!("a token may exist whose secret is lost; find it, then delete it: {line}")
}

/// Returns what to do about a token whose secret is lost, and whose ID is known if its response had one.
pub(crate) fn lost(
    id: Option<&str>,
    create: &ActiveGateTokenCreate,
    since: Timestamp,
    target: &Target,
) -> String {
    match id {
        Some(id) => format!(
            "its secret is lost, so delete it: {}",
            delete_command(&id.into(), target)
        ),
        None => find_lost_line(create, since, target),
    }
}
