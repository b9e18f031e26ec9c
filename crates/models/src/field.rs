//! Fields that are more than a value: changes, values that may be unreadable, and unknown members.

pub(crate) mod lenient;
pub(crate) mod patch;
pub(crate) mod unknown_members;
