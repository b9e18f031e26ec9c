//! The rotation of ActiveGate tokens, in steps.

mod check_successor_error;
mod create_successor_error;
mod delete_old_error;
mod new_token;
mod replaced_token;
mod rotation_plan;
mod successor_name;
mod token_rotation;

pub use check_successor_error::CheckSuccessorError;
pub use create_successor_error::CreateSuccessorError;
pub use delete_old_error::{DeleteOldError, KeptReason};
pub use new_token::NewToken;
pub use replaced_token::ReplacedToken;
pub use rotation_plan::{PlannedSuccessor, RotatedToken, RotationPlan, RotationSkip, SkippedToken};
pub use token_rotation::TokenRotation;
