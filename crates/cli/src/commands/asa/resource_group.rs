//! What the description cannot say about `gatelet asa resource-group`.

use clap::Command;

use crate::commands::asa::{resource_group_enrollment_token, resource_group_project};

/// Sets the texts of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("Resource groups: groups of projects in Okta Privileged Access")
        .mut_subcommand("project", resource_group_project::with_texts)
        .mut_subcommand(
            "enrollment-token",
            resource_group_enrollment_token::with_texts,
        )
}
