//! What is measured, and what it is measured against: inputs, subjects, and how a run is counted.

pub mod first_sdk;
pub mod input;
pub mod response;
pub mod subject;
