//! Fields that are more than a value: changes, values that may be unreadable, and members that no model knows.

pub(crate) mod lenient;
pub(crate) mod patch;
pub(crate) mod unknown_members;
