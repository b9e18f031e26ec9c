//! Adapters between transports and tower's services, both ways, so that tower's layers can stand around a transport.

mod from_service;
mod into_service;

pub use self::from_service::FromService;
pub use self::into_service::IntoService;

#[cfg(test)]
mod tests;
