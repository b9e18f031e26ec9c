//! Which attempt of its call a request is.

use std::time::Duration;

use http::Request;

/// Which attempt of its call a request is. Each request carries it as an extension, for a transport that logs or counts requests.
///
/// ```
/// use std::time::Duration;
/// use gatelet_transport::Attempt;
///
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(Attempt::new(2, Duration::from_millis(50)));
/// assert_eq!(Attempt::of(&request).unwrap().number(), 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    number: u32,
    wait: Duration,
}

impl Attempt {
    /// Creates an attempt with its number, from 1, and the wait before it.
    #[must_use]
    pub const fn new(number: u32, wait: Duration) -> Self {
        Self { number, wait }
    }

    /// Returns its number, from 1.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.number
    }

    /// Returns how long the call waited before it, because of the attempt before.
    #[must_use]
    pub const fn wait(self) -> Duration {
        self.wait
    }

    /// Returns the attempt that a request carries.
    #[must_use]
    pub fn of<B>(request: &Request<B>) -> Option<Self> {
        request.extensions().get().copied()
    }
}
