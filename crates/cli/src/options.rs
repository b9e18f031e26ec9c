//! Options that commands share.

pub(crate) mod built_command;
pub(crate) mod connection;
pub(crate) mod deferred;
pub(crate) mod global;
pub(crate) mod label;
pub(crate) mod label_filter;
pub(crate) mod name_filter;
pub(crate) mod operation_help;
pub(crate) mod output;
pub(crate) mod paging;
pub(crate) mod profiles;
pub(crate) mod time_span;
pub(crate) mod token_api;
pub(crate) mod token_scheme;
pub(crate) mod typed_time;
pub(crate) mod vendor;
