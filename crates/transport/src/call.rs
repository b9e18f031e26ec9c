//! One call: the channel, its attempts, and what follows from each response.

pub(crate) mod anonymous_channel;
pub(crate) mod api_response;
pub(crate) mod attempts;
pub(crate) mod call;
pub(crate) mod call_secrets;
pub(crate) mod call_timeouts;
pub(crate) mod channel;
pub(crate) mod classify;
pub(crate) mod credential;
pub(crate) mod credential_provider;
pub(crate) mod deleted;
pub(crate) mod dialect;
pub(crate) mod identity;
pub(crate) mod named_secret;
pub(crate) mod operation_request;
pub(crate) mod recent_credentials;
pub(crate) mod retry;
pub(crate) mod retry_budget;
