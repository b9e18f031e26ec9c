//! How large the body of a response may be.

use http::Request;

/// The largest response body that a call accepts, in bytes; 10 MiB by default.
///
/// Each request carries the limit of its call as an extension, so that a transport stops reading where the call would refuse
/// the body.
///
/// ```
/// use gatelet_transport::BodyLimit;
///
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(BodyLimit::new(64 * 1024 * 1024));
/// let call = BodyLimit::of(&request);
/// assert_eq!(BodyLimit::effective(call, None).bytes(), 64 * 1024 * 1024);
///
/// let transport = Some(BodyLimit::new(1024));
/// assert_eq!(BodyLimit::effective(call, transport).bytes(), 1024);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BodyLimit(u64);

impl BodyLimit {
    /// 10 MiB.
    pub const DEFAULT: Self = Self(10 * 1024 * 1024);

    /// Creates a limit of a number of bytes.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// Returns the number of bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// Returns the limit that a request carries.
    #[must_use]
    pub fn of<B>(request: &Request<B>) -> Option<Self> {
        request.extensions().get().copied()
    }

    /// Returns the smaller of a call's and a transport's limit, [`DEFAULT`](Self::DEFAULT) if neither has one.
    #[must_use]
    pub fn effective(call: Option<Self>, transport: Option<Self>) -> Self {
        match (call, transport) {
            (Some(call), Some(transport)) => call.min(transport),
            (limit, None) | (None, limit) => limit.unwrap_or(Self::DEFAULT),
        }
    }
}
