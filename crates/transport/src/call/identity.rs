//! Whose credential it is.

/// The names behind a credential, which are not secret.
///
/// ```
/// use gatelet_transport::Identity;
///
/// let identity = Identity::new("6f1d0c8e").with_user_name("deploy-bot");
/// assert_eq!(identity.key_id, "6f1d0c8e");
/// assert_eq!(identity.user_name.as_deref(), Some("deploy-bot"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The id of the key that is exchanged for a token.
    pub key_id: String,
    /// The id of the key that the next exchange will use, if it is another one because the key's files were rotated.
    pub next_key_id: Option<String>,
    /// The name of the user whom the token is for, if the token says so.
    pub user_name: Option<String>,
}

impl Identity {
    /// Creates an identity from the id of a key.
    pub fn new(key_id: impl Into<String>) -> Self {
        Self {
            key_id: key_id.into(),
            next_key_id: None,
            user_name: None,
        }
    }

    /// Sets [`next_key_id`](Self::next_key_id).
    #[must_use]
    pub fn with_next_key_id(mut self, id: impl Into<String>) -> Self {
        self.next_key_id = Some(id.into());
        self
    }

    /// Sets [`user_name`](Self::user_name).
    #[must_use]
    pub fn with_user_name(mut self, name: impl Into<String>) -> Self {
        self.user_name = Some(name.into());
        self
    }
}
