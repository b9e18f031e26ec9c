//! The emulator's methods for Dynatrace.

use gatelet_models::Secret;
use gatelet_models::dt::{ActiveGateToken, ActiveGateTokenId};

use crate::api::dt::{access_token, token};
use crate::emulator::emulator::Emulator;
use crate::error::Error;

/// Dynatrace. Needs the feature `dt`.
impl Emulator {
    /// Adds a Dynatrace access token; `owner` becomes the owner of the tokens created with it. The scopes of a well-known
    /// token cannot be changed.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the token does not have the form `dt0c01.<public>.<secret>`, [`Error::Full`] or
    /// [`Error::Storage`] if the write fails.
    pub fn add_access_token(
        &self,
        token: &Secret,
        owner: &str,
        scopes: &[&str],
    ) -> Result<(), Error> {
        self.store().write(|transaction| {
            let key = self.store().key();
            let scopes = scopes.join(" ");
            access_token::insert(transaction, key, token.expose(), owner, &scopes)
        })
    }

    /// Adds ActiveGate tokens as given, all or none. They have no secrets, so no ActiveGate can connect with them.
    ///
    /// ```
    /// use gatelet_emulator::Emulator;
    /// use gatelet_models::Timestamp;
    /// use gatelet_models::dt::ActiveGateToken;
    ///
    /// let emulator = Emulator::memory()?;
    /// let created = Timestamp::parse("2026-01-01T00:00:00Z")?;
    /// emulator.add_active_gate_tokens((0..1000).map(|n| {
    ///     ActiveGateToken::new(format!("dt0g02.{n:08}"), "edge", "me@example.com", created)
    /// }))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if an id is or was in use, [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn add_active_gate_tokens(
        &self,
        tokens: impl IntoIterator<Item = ActiveGateToken>,
    ) -> Result<(), Error> {
        token::add(&self.state, tokens)
    }

    /// Connects an ActiveGate with its token: sets the token's `lastUsedDate` and returns its id.
    ///
    /// # Errors
    ///
    /// [`Error::TokenRejected`] if the token is wrong, revoked or expired.
    pub fn connect_active_gate(&self, token: &Secret) -> Result<ActiveGateTokenId, Error> {
        token::connect(&self.state, token)
    }
}
