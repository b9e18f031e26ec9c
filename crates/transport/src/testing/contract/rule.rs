//! A rule of the contract.

use std::future::Future;

use super::deadline::{Deadline, LIMIT};
use crate::future::timeout::timeout;

/// Checks one rule, and panics with its name if it is broken or stalls.
pub(super) async fn check_rule(
    name: &str,
    check: impl Future<Output = Result<(), String>>,
    deadline: &impl Deadline,
) {
    match timeout(deadline.wait(), check).await {
        Some(Ok(())) => {}
        Some(Err(problem)) => panic!("the transport breaks its contract: {name}: {problem}"),
        None => panic!(
            "the transport breaks its contract: {name}: not finished after {} s",
            LIMIT.as_secs()
        ),
    }
}

/// Returns a problem unless a condition holds.
pub(super) fn ensure(is_so: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(problem()) }
}
