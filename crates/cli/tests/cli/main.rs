//! The built binary from the outside: its output and its exit codes.
//!
//! One test target, so that the clients and their TLS stack are linked once.

#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]

mod access_log;
mod active_gates;
mod answers;
mod completions;
#[cfg(unix)]
mod connection;
mod console_blocks;
mod created_values;
mod credentials;
mod deletions;
mod doctor;
mod dry_run;
mod embedded;
mod empty_responses;
mod enrollment_tokens;
mod exit_codes;
mod exit_paths;
#[cfg(unix)]
mod exporter;
mod filters;
mod fleets;
mod formats;
mod help;
mod input;
mod key_command;
mod key_file;
mod key_file_changes;
mod key_rotation;
mod kill;
mod lists;
mod login;
mod lost_tokens;
mod migration;
mod models;
mod oauth;
mod printed_key;
mod profiles;
mod projects;
mod proxy;
mod raw_http;
#[cfg(unix)]
mod resource_groups;
mod resource_limits;
mod run;
mod secrets;
mod server;
mod service_users;
#[cfg(unix)]
mod signals;
#[cfg(target_os = "linux")]
mod stalled_output;
#[cfg(unix)]
mod stopped_rotation;
#[cfg(unix)]
mod terminal;
mod token_api;
mod token_prune;
mod token_reports;
mod token_rotation;
mod token_users;
#[cfg(target_os = "linux")]
mod tunnel;
mod untrusted_text;
mod user_agent;
mod verbosity;
mod version;
#[cfg(unix)]
mod watch;
