//! The names of OAuth's client credentials grant, by which Dynatrace issues bearer tokens.
//!
//! They are written here and not in the description, because the grant is OAuth's (RFC 6749, section 4.4) and its body a form. That
//! Dynatrace uses them so is documented or was seen in clients; it was not tried against the service.

/// The path of the token endpoint at the login host.
pub const TOKEN_PATH: &str = "/sso/oauth2/token";

/// The value of [`parameter::GRANT_TYPE`].
pub const GRANT_TYPE: &str = "client_credentials";

/// The start of the [`parameter::RESOURCE`] of an environment; its id follows.
pub const RESOURCE_PREFIX: &str = "urn:dtenvironment:";

/// The content type of a request.
pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// The parameters of a request and the members of a response.
pub mod parameter {
    /// The id of the client.
    pub const CLIENT_ID: &str = "client_id";
    /// The secret of the client.
    pub const CLIENT_SECRET: &str = "client_secret";
    /// The grant type.
    pub const GRANT_TYPE: &str = "grant_type";
    /// The scopes, separated by spaces.
    pub const SCOPE: &str = "scope";
    /// The environment that the token is for.
    pub const RESOURCE: &str = "resource";
    /// The issued token.
    pub const ACCESS_TOKEN: &str = "access_token";
    /// The scheme of the issued token.
    pub const TOKEN_TYPE: &str = "token_type";
    /// The lifetime of the issued token in seconds.
    pub const EXPIRES_IN: &str = "expires_in";
    /// The code of an error.
    pub const ERROR: &str = "error";
    /// The text of an error for people.
    pub const ERROR_DESCRIPTION: &str = "error_description";
}

/// The codes of errors, with status 400.
pub mod error {
    /// The client is unknown, or its secret wrong.
    pub const INVALID_CLIENT: &str = "invalid_client";
    /// The client was not registered with one of the scopes.
    pub const INVALID_SCOPE: &str = "invalid_scope";
    /// A parameter is missing, repeated or malformed.
    pub const INVALID_REQUEST: &str = "invalid_request";
    /// The grant type is another.
    pub const UNSUPPORTED_GRANT_TYPE: &str = "unsupported_grant_type";
}
