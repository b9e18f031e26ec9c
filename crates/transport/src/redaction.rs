//! Redacts the secrets of a call from foreign texts.

pub(crate) mod digits;
pub(crate) mod first_look;
pub(crate) mod fragments;
pub(crate) mod known;
pub(crate) mod merge;
pub(crate) mod numbers;
pub(crate) mod readings;
pub(crate) mod secret_set;
pub(crate) mod shapes;

#[cfg(test)]
mod tests;
