//! Texts of the vendors: ids, words of enums, and how both are printed.

pub(crate) mod display;
pub(crate) mod id;
pub(crate) mod invisible;
pub(crate) mod open_enum;
