//! Dynatrace Environment API v2: ActiveGate tokens.

pub use crate::generated::dt::*;
