//! Results on stdout.

pub(crate) mod columns;
pub(crate) mod csv;
pub(crate) mod dry_run;
pub(crate) mod gathered_string;
pub(crate) mod header_fields;
#[cfg(feature = "jq")]
pub(crate) mod jq;
pub(crate) mod json;
pub(crate) mod list;
pub(crate) mod list_writer;
pub(crate) mod log;
pub(crate) mod log_entry;
pub(crate) mod markdown;
pub(crate) mod merge;
pub(crate) mod new_file;
pub(crate) mod output;
pub(crate) mod people_time;
pub(crate) mod planned_output;
pub(crate) mod planned_request;
pub(crate) mod present_file;
pub(crate) mod profile_lines;
pub(crate) mod progress;
pub(crate) mod progress_line;
pub(crate) mod record;
pub(crate) mod row;
pub(crate) mod secret_file;
pub(crate) mod selection;
mod short_content;
pub(crate) mod stdout;
pub(crate) mod style;
pub(crate) mod table;
pub(crate) mod target;
pub(crate) mod tone;
pub(crate) mod widths;
pub(crate) mod writer;
pub(crate) mod yaml;
