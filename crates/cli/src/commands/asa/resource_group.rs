//! What the description cannot say about `gatelet asa resource-group`.

use clap::Command;

use crate::commands::asa::{resource_group_enrollment_token, resource_group_project};
use crate::options::built_command::BuiltCommand as _;

/// Sets the texts of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("Resource groups: groups of projects in Okta Privileged Access")
        .with_subcommand("project", resource_group_project::with_texts)
        .with_subcommand(
            "enrollment-token",
            resource_group_enrollment_token::with_texts,
        )
}
