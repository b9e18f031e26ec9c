//! The subjects of measurement and their inputs.

pub mod first_sdk;
pub mod input;
pub mod response;
pub mod subject;
