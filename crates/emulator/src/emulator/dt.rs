//! The emulator's methods for Dynatrace.

use gatelet_models::Secret;
use gatelet_models::dt::{ActiveGate, ActiveGateId, ActiveGateToken, ActiveGateTokenId};

use crate::api::dt::{access_token, active_gate, oauth_client, token};
use crate::emulator::emulator::Emulator;
use crate::error::Error;

/// Dynatrace. Needs the feature `dt`.
impl Emulator {
    /// Sets whether an ActiveGate needs a valid token to connect; off by default, as in an environment where nobody has turned it on. It
    /// applies to [`enroll_active_gate`](Self::enroll_active_gate), and `GET /activeGates/tokenEnforcement` reports it as enforced by a
    /// user. ActiveGates that are connected stay so.
    #[must_use]
    pub fn with_token_enforcement(mut self, enforces: bool) -> Self {
        self.state.set_token_enforcement(enforces);
        self
    }

    /// Sets whether a platform token (`dt0s16.…`) is accepted with the scheme `Api-Token`, too, for the Environment API v2 at its own address
    /// and behind the platform's proxy; off by default. Some clients send it so, and no documentation says whether the service accepts it.
    #[must_use]
    pub fn with_platform_tokens_as_api_tokens(mut self, accepts: bool) -> Self {
        self.state.set_platform_api_tokens(accepts);
        self
    }

    /// Sets whether the Fleet Management API has the violations of a 400 in `error.details`, as other APIs of the platform do, in place of
    /// `error`, where its pages show them; off by default. Which of them the service sends is not known.
    #[must_use]
    pub fn with_platform_violations(mut self, has: bool) -> Self {
        self.state.set_platform_violations(has);
        self
    }

    /// Adds a Dynatrace access token; `owner` becomes the owner of the tokens created with it. The scopes of a well-known
    /// token cannot be changed.
    ///
    /// A token that begins with `dt0s16.` is one of the platform: it has the platform's scopes, and is accepted as `Bearer`; see also
    /// [`with_platform_tokens_as_api_tokens`](Self::with_platform_tokens_as_api_tokens).
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

    /// Adds an OAuth client, which exchanges its secret at `/sso/oauth2/token`; `owner` becomes the owner of the tokens created with it.
    /// An id that exists gets the new secret and scopes, except for the scopes of the well-known client.
    ///
    /// ```
    /// use gatelet_emulator::Emulator;
    ///
    /// let emulator = Emulator::memory()?;
    /// let scopes = ["fleet-management:activegate.tokens:read"];
    /// emulator.add_oauth_client("dt0s02.READER", &"dt0s02.READER.EXAMPLE".into(), "me@example.com", &scopes)?;
    /// # Ok::<(), gatelet_emulator::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn add_oauth_client(
        &self,
        client_id: &str,
        client_secret: &Secret,
        owner: &str,
        scopes: &[&str],
    ) -> Result<(), Error> {
        self.store().write(|transaction| {
            let key = self.store().key();
            let secret = client_secret.expose();
            oauth_client::insert(
                transaction,
                key,
                client_id,
                secret,
                owner,
                &scopes.join(" "),
            )
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
    ///     ActiveGateToken::new(format!("dt0g02.{n:08}"), created).with_name("edge")
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

    /// Adds ActiveGates as given, all or none. Their tokens have the states that follow from the environment's tokens; a token use
    /// without an id keeps the state that it is given.
    ///
    /// ```
    /// use gatelet_emulator::Emulator;
    /// use gatelet_models::dt::ActiveGate;
    ///
    /// let emulator = Emulator::memory()?;
    /// emulator.add_active_gates((0..10).map(|n| {
    ///     ActiveGate::new().with_id(format!("-{n}")).with_hostname(format!("edge-{n}"))
    /// }))?;
    /// # Ok::<(), gatelet_emulator::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if an id is absent or in use, [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn add_active_gates(
        &self,
        gates: impl IntoIterator<Item = ActiveGate>,
    ) -> Result<(), Error> {
        active_gate::add(&self.state, gates)
    }

    /// Connects an ActiveGate with its token and adds it if it is new; it is online from then on. Over HTTP this is
    /// `POST /emulator/v1/activeGates` with the token as bearer and the ActiveGate as JSON body.
    ///
    /// Without [enforcement](Self::with_token_enforcement), one whose token is not valid connects too, as with the environment's own token,
    /// and shows that: `ABSENT` without a token, `INVALID` if the token has the wrong form or secret, `UNKNOWN` if it was deleted or has
    /// expired.
    ///
    /// ```
    /// use gatelet_emulator::{Emulator, Error};
    /// use gatelet_models::dt::ActiveGate;
    ///
    /// let emulator = Emulator::memory()?.with_token_enforcement(true);
    /// let gate = ActiveGate::new().with_id("-1556499193").with_hostname("edge-7");
    /// let refused = emulator.enroll_active_gate(&"dt0g02.wrong".into(), gate);
    /// assert!(matches!(refused, Err(Error::TokenRejected)));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::TokenRejected`] if tokens are enforced and this one is wrong, revoked or expired, [`Error::Invalid`] if the id is absent,
    /// [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn enroll_active_gate(
        &self,
        token: &Secret,
        gate: ActiveGate,
    ) -> Result<ActiveGate, Error> {
        active_gate::enroll(&self.state, token, gate)
    }

    /// Disconnects an ActiveGate; the list shows it for two more hours.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if there is no ActiveGate with this id, [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn disconnect_active_gate(&self, id: &ActiveGateId) -> Result<(), Error> {
        active_gate::disconnect(&self.state, id.as_str())
    }
}
