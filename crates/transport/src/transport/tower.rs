//! Adapters between transports and tower's services, both ways, so that tower's layers can stand around a transport.

mod from_service;
mod into_service;
mod full_body;

pub use crate::transport::tower::from_service::FromService;
pub use crate::transport::tower::into_service::IntoService;
pub use crate::transport::tower::full_body::FullBody;

#[cfg(test)]
mod tests;
