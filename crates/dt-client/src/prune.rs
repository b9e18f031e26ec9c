//! Deleting ActiveGate tokens that nobody uses, in two steps: a plan, and its application after a review.

mod prune_plan;
mod prune_rules;
mod pruning;

pub use prune_plan::{KeptToken, PruneCandidate, PrunePlan};
pub use prune_rules::{PruneKept, PruneReason, PruneRules};
pub use pruning::{PruneOutcome, Pruning};
