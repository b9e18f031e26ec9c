//! Which tokens may be deleted.

use std::fmt;
use std::time::Duration;

use gatelet_models::Timestamp;
use gatelet_models::dt::ActiveGateToken;

/// Which tokens may be deleted: individual ones that were not used for some time, that are not new, and that no ActiveGate shows.
///
/// ```
/// use std::time::Duration;
///
/// use dt_client::PruneRules;
///
/// let day = Duration::from_secs(24 * 60 * 60);
/// let rules = PruneRules::unused_for(90 * day).with_min_age(60 * day).with_never_used(true);
/// assert_eq!(rules.min_age(), 60 * day);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PruneRules {
    unused_for: Duration,
    min_age: Duration,
    never_used: bool,
    allow_unreported: bool,
}

/// The least age of a token, unless another is set.
const MIN_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl PruneRules {
    /// Allows tokens whose last use is so long ago, and that were created at least 30 days ago.
    #[must_use]
    pub fn unused_for(unused_for: Duration) -> Self {
        Self {
            unused_for,
            min_age: MIN_AGE,
            never_used: false,
            allow_unreported: false,
        }
    }

    /// Sets how long ago a token was created at least.
    #[must_use]
    pub fn with_min_age(self, min_age: Duration) -> Self {
        Self { min_age, ..self }
    }

    /// Sets whether tokens are allowed of which the environment shows no use. They are allowed only if they were created as long ago as the
    /// last use of others must be.
    #[must_use]
    pub fn with_never_used(self, never_used: bool) -> Self {
        Self { never_used, ..self }
    }

    /// Sets whether tokens are allowed although ActiveGates do not say which tokens they have, and may use any of them.
    #[must_use]
    pub fn with_unreported(self, allow_unreported: bool) -> Self {
        Self {
            allow_unreported,
            ..self
        }
    }

    /// Returns how long ago the last use must be.
    #[must_use]
    pub fn unused(&self) -> Duration {
        self.unused_for
    }

    /// Returns how long ago a token was created at least.
    #[must_use]
    pub fn min_age(&self) -> Duration {
        self.min_age
    }

    /// Returns whether tokens are allowed of which the environment shows no use.
    #[must_use]
    pub fn never_used(&self) -> bool {
        self.never_used
    }

    /// Returns whether tokens are allowed although ActiveGates do not say which tokens they have.
    #[must_use]
    pub fn allow_unreported(&self) -> bool {
        self.allow_unreported
    }

    /// Returns why a token may be deleted, or why not. `users` are the ActiveGates that show it, and `unreported` is how many may have it
    /// without showing it.
    pub(crate) fn judge(
        &self,
        token: &ActiveGateToken,
        users: usize,
        unreported: usize,
        now: Timestamp,
    ) -> Result<PruneReason, PruneKept> {
        let is_older = |date: Timestamp, span| date <= now.saturating_sub(span);
        match token.seed_token {
            Some(false) => {}
            Some(true) => return Err(PruneKept::Seed),
            None => return Err(PruneKept::KindUnknown),
        }
        if users > 0 {
            return Err(PruneKept::Shown(users));
        }
        if unreported > 0 && !self.allow_unreported {
            return Err(PruneKept::Unreported(unreported));
        }
        let created = token.creation_date;
        if created.is_unset() || !is_older(created, self.min_age) {
            return Err(PruneKept::New);
        }
        match token.last_used_date.filter(|last| !last.is_unset()) {
            Some(last) if is_older(last, self.unused_for) => Ok(PruneReason::Unused),
            Some(_) => Err(PruneKept::Used),
            None if !self.never_used => Err(PruneKept::NoUseShown),
            None if is_older(created, self.unused_for) => Ok(PruneReason::NeverUsed),
            None => Err(PruneKept::New),
        }
    }
}

/// Why a token may be deleted. Reasons are added without notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PruneReason {
    /// Its last use is long ago.
    Unused,
    /// The environment shows no use, and it was created long ago.
    NeverUsed,
}

impl PruneReason {
    /// Returns the reason as a word, such as `UNUSED`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unused => "UNUSED",
            Self::NeverUsed => "NEVER_USED",
        }
    }
}

impl fmt::Display for PruneReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a token is kept. Reasons are added without notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PruneKept {
    /// It is a seed token.
    Seed,
    /// The API does not show whether it is a seed token.
    KindUnknown,
    /// So many ActiveGates show it, in any state of it.
    Shown(usize),
    /// So many ActiveGates do not say which tokens they have, and may use it.
    Unreported(usize),
    /// It was created too short a time ago.
    New,
    /// It was used too short a time ago.
    Used,
    /// The environment shows no use, so that a new one is not told from an old one.
    NoUseShown,
    /// It has another name or creation date than in the plan.
    Changed,
}

impl PruneKept {
    /// Returns the reason as a word, such as `SEED`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seed => "SEED",
            Self::KindUnknown => "KIND_UNKNOWN",
            Self::Shown(_) => "SHOWN",
            Self::Unreported(_) => "UNREPORTED",
            Self::New => "NEW",
            Self::Used => "USED",
            Self::NoUseShown => "NO_USE_SHOWN",
            Self::Changed => "CHANGED",
        }
    }
}

impl fmt::Display for PruneKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_token_may_be_deleted_only_if_each_rule_allows_it() {
        use PruneKept::{KindUnknown, New, NoUseShown, Seed, Shown, Unreported, Used};
        use PruneReason::{NeverUsed, Unused};
        let now = time("2026-12-01T00:00:00Z");
        let rules = PruneRules::unused_for(90 * DAY);
        let never = rules.with_never_used(true);
        let old = "2026-01-01T00:00:00Z";
        let edge = Some("2026-09-02T00:00:00Z");
        let recent = Some("2026-09-02T00:00:01Z");
        let unset = Some("0001-01-01T00:00:00Z");
        for (rules, seed, created, used, users, unreported, expected) in [
            (rules, Some(false), old, edge, 0, 0, Ok(Unused)),
            (rules, Some(false), old, recent, 0, 0, Err(Used)),
            (rules, Some(true), old, edge, 0, 0, Err(Seed)),
            (rules, None, old, edge, 0, 0, Err(KindUnknown)),
            (rules, Some(false), old, edge, 1, 0, Err(Shown(1))),
            (rules, Some(false), old, edge, 0, 2, Err(Unreported(2))),
            (
                rules.with_unreported(true),
                Some(false),
                old,
                edge,
                0,
                2,
                Ok(Unused),
            ),
            (
                rules.with_unreported(true),
                Some(false),
                old,
                edge,
                1,
                2,
                Err(Shown(1)),
            ),
            (rules, Some(false), old, None, 0, 0, Err(NoUseShown)),
            (rules, Some(false), old, unset, 0, 0, Err(NoUseShown)),
            (never, Some(false), old, None, 0, 0, Ok(NeverUsed)),
            (never, Some(false), old, unset, 0, 0, Ok(NeverUsed)),
            // Old enough to be deleted, and not to have been unused for so long.
            (
                never,
                Some(false),
                "2026-10-01T00:00:00Z",
                None,
                0,
                0,
                Err(New),
            ),
            (
                rules,
                Some(false),
                "2026-11-01T00:00:01Z",
                edge,
                0,
                0,
                Err(New),
            ),
            (
                rules,
                Some(false),
                "2026-11-01T00:00:00Z",
                edge,
                0,
                0,
                Ok(Unused),
            ),
            (
                rules,
                Some(false),
                "0001-01-01T00:00:00Z",
                edge,
                0,
                0,
                Err(New),
            ),
            (
                rules,
                Some(false),
                "2027-01-01T00:00:00Z",
                edge,
                0,
                0,
                Err(New),
            ),
            (
                rules.with_min_age(400 * DAY),
                Some(false),
                old,
                edge,
                0,
                0,
                Err(New),
            ),
        ] {
            let mut token = ActiveGateToken::new("t", time(created));
            token.seed_token = seed;
            token.last_used_date = used.map(time);
            let found = rules.judge(&token, users, unreported, now);
            assert_eq!(found, expected, "{token:?}");
        }
    }
}
