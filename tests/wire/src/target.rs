//! The object of a call.

use crate::operation::Operation;

/// The object of a call: the values of the parameters of its path.
#[derive(Clone, Debug, Default)]
pub struct Target(Vec<String>);

impl Target {
    pub(crate) fn new(values: Vec<String>) -> Self {
        Self(values)
    }

    /// Returns one with the same value for every parameter of the operation.
    #[must_use]
    pub fn of(operation: Operation, value: &str) -> Self {
        Self(operation.parameters().map(|_| value.to_owned()).collect())
    }

    /// Returns it with another last value; without values, it stays so.
    #[must_use]
    pub fn with_last(mut self, value: impl Into<String>) -> Self {
        if let Some(last) = self.0.last_mut() {
            *last = value.into();
        }
        self
    }

    pub(crate) fn text(&self, index: usize) -> &str {
        &self.0[index]
    }

    pub(crate) fn id<'a, T: From<&'a str>>(&'a self, index: usize) -> T {
        self.text(index).into()
    }
}
