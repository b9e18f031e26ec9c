//! The APIs that have ActiveGate tokens.

/// The API that the operations on ActiveGate tokens go to: [`ActiveGateTokens`](crate::ActiveGateTokens) has the same methods and models for
/// both, and both show the same tokens.
///
/// A [`Client`](crate::Client) chooses one when it is built, unless [`ClientBuilder::api`](gatelet_client::ClientBuilder::api) does:
///
/// 1. An address that ends in the path of an API, or in that of its tokens, chooses this API.
/// 2. `https://{environment}.apps.dynatrace.com` chooses `Platform` if the credentials are known to be of the scheme `Bearer`, and `Classic`
///    otherwise.
/// 3. Every other address chooses `Classic`.
///
/// ActiveGates and update jobs have no API on the platform. They go to the Environment API v2, on a host of the platform through its proxy,
/// with the same credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenApi {
    /// The Environment API v2, which Dynatrace Managed has, too: `/api/v2/activeGateTokens`.
    Classic,
    /// The Fleet Management API of the Dynatrace platform, which Dynatrace recommends on SaaS:
    /// `/platform/fleet-management/v1/activegate/tokens`. It accepts the scheme `Bearer` only, and has tokens for ActiveGates of one environment
    /// only: a create of another kind is refused before it is sent, and the kind itself never is.
    ///
    /// `https://{environment}.live.dynatrace.com` does not serve it: the client is not built with that address, and the error names the host to
    /// use.
    ///
    /// It is implemented as documented, and not verified against the service.
    Platform,
}
