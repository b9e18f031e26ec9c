//! Which tokens are replaced, and until when their successors last.

use std::time::Duration;

use gatelet_models::dt::{ActiveGateTokenId, Expiration};

/// Which tokens are replaced, and until when their successors last.
///
/// ```
/// use std::time::Duration;
///
/// use dt_client::TokenRotation;
/// use dt_client::models::Expiration;
///
/// let month = Duration::from_secs(30 * 24 * 60 * 60);
/// let soon = TokenRotation::ending_within(month).with_name("edge-*");
/// let one = TokenRotation::of(["dt0g02.4KWZO5EF"]).with_expiration(Expiration::after(month));
/// # let _ = (soon, one);
/// ```
#[derive(Clone, Debug)]
pub struct TokenRotation {
    pub(crate) selection: Selection,
    pub(crate) name: Option<String>,
    pub(crate) expiration: Option<Expiration>,
}

/// Which tokens are replaced.
#[derive(Clone, Debug)]
pub(crate) enum Selection {
    EndingWithin(Duration),
    Ids(Vec<ActiveGateTokenId>),
}

impl TokenRotation {
    /// Selects the tokens that end within a time and have not ended.
    #[must_use]
    pub fn ending_within(within: Duration) -> Self {
        Self::new(Selection::EndingWithin(within))
    }

    /// Selects the tokens with these ids, whenever they end.
    pub fn of<I: Into<ActiveGateTokenId>>(ids: impl IntoIterator<Item = I>) -> Self {
        Self::new(Selection::Ids(ids.into_iter().map(Into::into).collect()))
    }

    fn new(selection: Selection) -> Self {
        Self {
            selection,
            name: None,
            expiration: None,
        }
    }

    /// Selects of these only the tokens whose name matches as a whole: `*` stands for any characters and `?` for one. Case counts. What an
    /// earlier rotation added to a name is not compared.
    #[must_use]
    pub fn with_name(mut self, pattern: impl Into<String>) -> Self {
        self.name = Some(pattern.into());
        self
    }

    /// Sets when the successors end. Otherwise each lasts as long as the token that it replaces, and two years at most, which is the limit
    /// of the API.
    #[must_use]
    pub fn with_expiration(mut self, expiration: Expiration) -> Self {
        self.expiration = Some(expiration);
        self
    }
}
