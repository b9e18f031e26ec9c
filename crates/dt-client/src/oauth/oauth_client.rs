//! The credential of an OAuth client.

use std::fmt;

use gatelet_models::Secret;
use gatelet_transport::{
    CachedCredential, Channel, Credential, CredentialProvider, Error, Identity,
};

use crate::oauth::client_secret::ClientSecret;

/// An OAuth client, whose id and secret are exchanged for a bearer token by the client credentials grant.
///
/// The exchange is made at the first call, before the token expires, and when the server rejects the token. However many calls wait, one
/// exchange runs at a time. It uses the transport of the [`Client`](crate::Client), and sends the secret to the login host only.
///
/// Clients of one address may share an OAuth client in an `Arc`. The first call binds it to its address, and a call of a client of another
/// address fails with `InvalidInput`.
///
/// A lifetime that is missing or unreadable counts as five minutes, unless the server rejects the token before.
///
/// If the login host refuses the exchange, calls fail with `Credential(Rejected)`. The [`source`](std::error::Error::source) has OAuth's
/// code, for example `invalid_scope`, and says what to do; the next exchange starts no earlier than a second later.
///
/// # Scopes
///
/// The operations of the Environment API v2 name the scopes of classic tokens. These allow an OAuth client the same:
///
/// | classic token | OAuth client |
/// | --- | --- |
/// | `activeGateTokenManagement.read`, `.create`, `.write` | `fleet-management:activegate.tokens:read`, `:create`, `:write` |
/// | `activeGates.read`, `.write` | `fleet-management:activegates:read`, `:write` |
///
/// Older clients may be registered with `environment-api:activegate-tokens:…` and `environment-api:activegates:…` instead, which allow the
/// same except to read [whether tokens are enforced](crate::ActiveGates::token_enforcement). The exchange and these scopes are as documented and as seen in other clients; they were not tried against the service.
///
/// # Examples
///
/// ```
/// use dt_client::{Client, OAuthClient};
/// # use gatelet_emulator::{Emulator, well_known};
/// # use gatelet_transport::testing::ManualClock;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = Emulator::memory()?;
/// # emulator.seed()?;
/// # let (client_id, client_secret) = (well_known::DT_OAUTH_CLIENT_ID, well_known::DT_OAUTH_CLIENT_SECRET);
///
/// let scopes = ["fleet-management:activegate.tokens:read"];
/// let dt = Client::builder("https://abc12345.apps.dynatrace.com")
///     .credentials(OAuthClient::new(client_id, client_secret, scopes))
///     // `.build()?` with the default features; otherwise any transport and clock:
///     .build_with(emulator, ManualClock::auto())?;
///
/// for token in dt.active_gate_tokens().list().send().await? {
///     println!("{} {:?}", token.id, token.expiration_date);
/// }
/// # Ok(())
/// # }
/// ```
pub struct OAuthClient(CachedCredential<ClientSecret>);

impl OAuthClient {
    /// Creates an OAuth client that requests these scopes.
    ///
    /// The client must be registered with each of them; the scopes of a registered client cannot be changed. A part that is empty or
    /// contains anything but visible ASCII is refused when the [`Client`](crate::Client) is built.
    pub fn new<S: Into<String>>(
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        Self(CachedCredential::new(ClientSecret {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            scopes: scopes.into_iter().map(Into::into).collect(),
            resource: None,
            token_url: None,
        }))
    }

    /// Sets the resource that tokens are for, for example `urn:dtenvironment:abc12345`.
    ///
    /// By default it follows from the client's address, `https://{environment}.apps.dynatrace.com` or
    /// `https://{environment}.live.dynatrace.com`. With an address that does not show the environment it is required.
    #[must_use]
    pub fn resource(self, resource: impl Into<String>) -> Self {
        self.with(|it| it.resource = Some(resource.into()))
    }

    /// Sets the URL of the token endpoint; default `https://sso.dynatrace.com/sso/oauth2/token`, or that of the stage that the client's
    /// address belongs to.
    ///
    /// Plain `http` is accepted on loopback only.
    #[must_use]
    pub fn token_url(self, url: impl Into<String>) -> Self {
        self.with(|it| it.token_url = Some(url.into()))
    }

    fn with(self, set: impl FnOnce(&mut ClientSecret)) -> Self {
        let mut secret = self.0.into_inner();
        set(&mut secret);
        Self(CachedCredential::new(secret))
    }
}

impl CredentialProvider for OAuthClient {
    async fn credential(&self, channel: &Channel) -> Result<Credential, Error> {
        self.0.credential(channel).await
    }

    fn validate(&self, channel: &Channel) -> Result<(), Error> {
        self.0.validate(channel)
    }

    fn is_ready(&self, channel: &Channel) -> bool {
        self.0.is_ready(channel)
    }

    fn identity(&self) -> Option<Identity> {
        self.0.identity()
    }

    fn scheme(&self) -> Option<&'static str> {
        Some("Bearer")
    }

    fn forget(&self) {
        self.0.forget();
    }

    fn invalidate(&self, refused: &Credential) -> bool {
        self.0.invalidate(refused)
    }
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OAuthClient([redacted])")
    }
}
