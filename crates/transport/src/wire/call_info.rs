//! Which call a request belongs to.

use http::Request;

/// Which call a request belongs to, and whether that may change something. Each request carries it as an extension, for a transport that
/// logs, counts or stops requests: the method alone does not tell, because a POST may only read or check.
///
/// ```
/// use gatelet_transport::CallInfo;
///
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(CallInfo::new("example LogIn", true));
/// let call = CallInfo::of(&request).unwrap();
/// assert_eq!((call.operation(), call.is_safe()), ("example LogIn", true));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallInfo {
    operation: &'static str,
    is_safe: bool,
}

impl CallInfo {
    /// Creates it with the name of the operation, and whether the call only reads or checks.
    #[must_use]
    pub const fn new(operation: &'static str, is_safe: bool) -> Self {
        Self { operation, is_safe }
    }

    /// Returns vendor and operation, for example `asa ListGateways`.
    #[must_use]
    pub const fn operation(self) -> &'static str {
        self.operation
    }

    /// Returns whether the call only reads or checks, so that it changes nothing however it ends.
    #[must_use]
    pub const fn is_safe(self) -> bool {
        self.is_safe
    }

    /// Returns the call that a request carries.
    #[must_use]
    pub fn of<B>(request: &Request<B>) -> Option<Self> {
        request.extensions().get().copied()
    }
}
