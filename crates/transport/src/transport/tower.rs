//! Adapters between transports and tower services, so that tower layers can wrap a transport.

mod from_service;
mod full_body;
mod into_service;

pub use crate::transport::tower::from_service::FromService;
pub use crate::transport::tower::full_body::FullBody;
pub use crate::transport::tower::into_service::IntoService;

#[cfg(test)]
mod tests;
