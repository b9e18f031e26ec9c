//! The operations of both vendors.

use std::fmt;

use gatelet_models::{asa, dt};
use http::Request;

/// One of the vendors' operations.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a test must look at every vendor")]
pub enum Operation {
    /// An operation of Okta ASA.
    Asa(asa::OperationId),
    /// An operation of Dynatrace.
    Dt(dt::OperationId),
}

impl Operation {
    /// Returns all operations, the token exchange included.
    pub fn all() -> impl Iterator<Item = Self> {
        let asa = asa::OperationId::ALL.iter().copied().map(Self::Asa);
        let dt = dt::OperationId::ALL.iter().copied().map(Self::Dt);
        asa.chain(dt)
    }

    /// Returns its row of the operation table.
    #[must_use]
    pub fn operation(self) -> &'static gatelet_models::Operation {
        match self {
            Self::Asa(id) => id.operation(),
            Self::Dt(id) => id.operation(),
        }
    }

    /// Iterates over the parameters of its path that a caller gives.
    pub fn parameters(self) -> impl Iterator<Item = &'static str> {
        let parameters = self.operation().path_parameters();
        parameters.filter(|it| *it != "team_name")
    }

    /// Returns whether a call of it may change something. The token exchange counts, because a create follows it.
    #[must_use]
    pub fn is_write(self) -> bool {
        !self.operation().safe || self.is_token_exchange()
    }

    /// Returns the values in the path of a request, below any base path; `None` if the request is another operation's.
    #[must_use]
    pub fn values_in<T>(self, request: &Request<T>) -> Option<Vec<String>> {
        let operation = self.operation();
        if request.method().as_str() != operation.method.as_str() {
            return None;
        }
        let path = request.uri().path();
        let mut below = path.match_indices('/').map(|(at, _)| &path[at..]);
        below.find_map(|it| operation.match_path(it))
    }

    /// Returns whether this is the token exchange, which no caller makes directly.
    #[must_use]
    pub fn is_token_exchange(self) -> bool {
        self == Self::Asa(asa::OperationId::IssueServiceToken)
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation().name)
    }
}
