//! Reads models: the parts that the generated code shares.
//!
//! Each seed asks the format for any value (`deserialize_any`) and refuses the wrong kinds with an error that names the kind. If it
//! asked for a certain type, the format would write the error, and formats print the value.
//!
//! A seed (`STRING`, `BOOLEAN`, `List(..)`, `Nullable(..)`) reads one value; a [`Slot`] holds the value of one field until the object ends;
//! a model implements [`Object`].

pub(crate) mod containers;
pub(crate) mod object;
pub(crate) mod refusal;
pub(crate) mod scalars;
pub(crate) mod slot;

// The names that generated code uses.
pub(crate) use containers::{List, ListOrNull, Map, Nullable};
pub(crate) use object::{Key, Object, object, skip};
#[allow(
    unused_imports,
    reason = "the generator chooses what a description needs"
)]
pub(crate) use scalars::{
    BOOLEAN, COUNT32, COUNT64, Count, INT32, IntegerSeed, STRING, UINT64, of,
};
pub(crate) use slot::Slot;
