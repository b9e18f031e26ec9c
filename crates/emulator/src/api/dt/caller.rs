//! Who calls, and what the credential allows.

/// The owner and the scopes of a valid credential.
pub(crate) struct Caller {
    pub(crate) owner: String,
    pub(crate) scopes: Vec<String>,
}

impl Caller {
    /// Returns whether the credential has one of these scopes.
    pub(crate) fn has_any<S: AsRef<str>>(&self, acceptable: &[S]) -> bool {
        let is_granted = |scope: &S| self.scopes.iter().any(|it| it == scope.as_ref());
        acceptable.iter().any(is_granted)
    }
}
