//! The rotation of a service user's key, in steps.

mod check_key_error;
mod checked_key;
mod key_end;
pub(crate) mod key_owner;
mod key_rotation;
mod new_key;
mod prepared_rotation;
mod rotate_key_error;

pub use check_key_error::CheckKeyError;
pub use checked_key::CheckedKey;
pub use key_end::KeyEnd;
pub use key_rotation::KeyRotation;
pub use new_key::NewKey;
pub use prepared_rotation::PreparedRotation;
pub use rotate_key_error::RotateKeyError;
