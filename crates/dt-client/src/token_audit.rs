//! What a review of all ActiveGate tokens should see.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGate, ActiveGateToken, ActiveGateTokenId};
use gatelet_transport::{Clock as _, Error};

use crate::active_gates::VISIBLE;
use crate::generated::active_gate_tokens::ActiveGateTokens;
use crate::generated::active_gates::ActiveGates;
use crate::token_users::{letters, may_hide_any, readable_id, resembled, shows};

/// A review of all ActiveGate tokens of an environment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TokenAudit {
    /// All tokens, in the order of the API's list.
    pub tokens: Vec<AuditedToken>,
    /// How many ActiveGates do not say which tokens they have, because they have no list of tokens, or an entry without an id, with a
    /// blank one, or with one that only resembles a token's, as in [`TokenUsers`](crate::TokenUsers). Each of them may use a token
    /// without being among its [`active_gates`](AuditedToken::active_gates).
    pub unreported: usize,
    /// How long the API's list shows an ActiveGate that lost its connection: two hours, as documented.
    pub window: Duration,
}

/// A token with what a review should see.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AuditedToken {
    /// The token.
    pub token: ActiveGateToken,
    /// What a review should see, without repetition.
    pub findings: Vec<AuditFinding>,
    /// The ActiveGates that show the token, in any state of it. None is no proof that the token is unused.
    pub active_gates: Vec<ActiveGate>,
}

/// What a review of a token should see. Findings are added without notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditFinding {
    /// It has no expiration date.
    NeverEnds,
    /// Its expiration date is past.
    Ended,
    /// The environment shows no use. It is not documented how soon a use is recorded.
    NoUseShown,
    /// Its last use is longer ago than asked for.
    Unused,
    /// It is a seed token, which ActiveGates that start get their own tokens with.
    Seed,
}

impl AuditFinding {
    /// Returns the finding as a word, such as `NEVER_ENDS`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeverEnds => "NEVER_ENDS",
            Self::Ended => "ENDED",
            Self::NoUseShown => "NO_USE_SHOWN",
            Self::Unused => "UNUSED",
            Self::Seed => "SEED",
        }
    }
}

impl fmt::Display for AuditFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ActiveGateTokens {
    /// Reviews all tokens: which never end or have ended, which show no use or none for longer than `unused_for`, which are seed tokens,
    /// and which ActiveGates show each.
    ///
    /// The dates are compared with the client's clock. An ActiveGate that has been offline for more than two hours is not in the API's
    /// list, and a connection that stays open may not count as a use, so no finding proves that a token is unused. Needs the scopes
    /// of [`list`](Self::list) and of [`ActiveGates::list`]; each request has the client's timeout and retry policy.
    ///
    /// # Errors
    ///
    /// Those of [`list`](Self::list) and of [`ActiveGates::list`]; [`Error::operation`] says which of them failed. A list of tokens that ends
    /// before its total count is an error too, `Pagination(Incomplete)`.
    ///
    /// ```
    /// # use dt_client::{ApiToken, Client};
    /// # use gatelet_emulator::{Emulator, well_known};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = Emulator::memory()?;
    /// # emulator.seed()?;
    /// # let dt = Client::builder("https://abc.live.dynatrace.com")
    /// #     .credentials(ApiToken::new(well_known::DT_TOKEN)?)
    /// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
    /// use std::time::Duration;
    ///
    /// let quarter = Duration::from_secs(90 * 24 * 60 * 60);
    /// for audited in dt.active_gate_tokens().audit(quarter).await?.tokens {
    ///     println!("{}: {:?}, {} users", audited.token.id, audited.findings, audited.active_gates.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn audit(&self, unused_for: Duration) -> Result<TokenAudit, Error> {
        let tokens = self.list().largest_pages().require_complete();
        let mut tokens = tokens.items();
        let mut listed = Vec::new();
        while let Some(token) = tokens.try_next().await? {
            listed.push(token);
        }
        let gates = ActiveGates::new(&self.client).list().send().await?;
        let gates = gates.active_gates;
        let listed_ids = ids_by_letters(&listed);
        let is_unreported = |gate: &&ActiveGate| {
            may_hide_any(gate, |shown| {
                let shown = letters(shown);
                let mut ids = resembled(&shown)
                    .filter_map(|it| listed_ids.get(it))
                    .flatten();
                ids.any(|id| !shows(gate, id))
            })
        };
        let unreported = gates.iter().filter(is_unreported).count();
        let mut users = users(gates);
        let now = Timestamp::from(self.client.channel().clock().now());
        let tokens = listed.into_iter().map(|token| AuditedToken {
            findings: findings(&token, now, unused_for),
            active_gates: users.remove(&token.id).unwrap_or_default(),
            token,
        });
        Ok(TokenAudit {
            tokens: tokens.collect(),
            unreported,
            window: VISIBLE,
        })
    }

    /// Finds the tokens that have ended or end within a time, the first to end first. Needs the scope of [`list`](Self::list).
    ///
    /// The dates are compared with the client's clock. A token without an expiration date never ends.
    ///
    /// # Errors
    ///
    /// Those of a list. A list that ends before its total count is an error too, `Pagination(Incomplete)`.
    ///
    /// ```
    /// # use dt_client::{ApiToken, Client};
    /// # use gatelet_emulator::{Emulator, well_known};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = Emulator::memory()?;
    /// # emulator.seed()?;
    /// # let dt = Client::builder("https://abc.live.dynatrace.com")
    /// #     .credentials(ApiToken::new(well_known::DT_TOKEN)?)
    /// #     .build_with(emulator, gatelet_transport::testing::ManualClock::auto())?;
    /// use std::time::Duration;
    ///
    /// let month = Duration::from_secs(30 * 24 * 60 * 60);
    /// for token in dt.active_gate_tokens().expiring(month).await? {
    ///     println!("{} ends at {:?}", token.id, token.expiration_date);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn expiring(&self, within: Duration) -> Result<Vec<ActiveGateToken>, Error> {
        let limit = Timestamp::from(self.client.channel().clock().now()).saturating_add(within);
        let tokens = self.list().largest_pages().require_complete();
        let mut tokens = tokens.items();
        let mut expiring = Vec::new();
        while let Some(token) = tokens.try_next().await? {
            if end(&token).is_some_and(|end| end <= limit) {
                expiring.push(token);
            }
        }
        expiring.sort_by_key(end);
        Ok(expiring)
    }
}

/// Returns when a token ends; `None` if never.
fn end(token: &ActiveGateToken) -> Option<Timestamp> {
    token.expiration_date.filter(|end| !end.is_unset())
}

fn findings(token: &ActiveGateToken, now: Timestamp, unused_for: Duration) -> Vec<AuditFinding> {
    let mut found = Vec::new();
    match end(token) {
        None => found.push(AuditFinding::NeverEnds),
        Some(end) if end <= now => found.push(AuditFinding::Ended),
        Some(_) => {}
    }
    match token.last_used_date.filter(|last| !last.is_unset()) {
        None => found.push(AuditFinding::NoUseShown),
        Some(last) if last <= now.saturating_sub(unused_for) => found.push(AuditFinding::Unused),
        Some(_) => {}
    }
    if token.seed_token == Some(true) {
        found.push(AuditFinding::Seed);
    }
    found
}

/// Returns the ids of tokens by what of them does not depend on case and white space.
fn ids_by_letters(tokens: &[ActiveGateToken]) -> BTreeMap<String, Vec<ActiveGateTokenId>> {
    let mut ids: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for token in tokens {
        let same = ids.entry(letters(token.id.as_str())).or_default();
        same.push(token.id.clone());
    }
    ids
}

/// Returns the ActiveGates that show each token, each once.
fn users(gates: Vec<ActiveGate>) -> BTreeMap<ActiveGateTokenId, Vec<ActiveGate>> {
    let mut users: BTreeMap<_, Vec<ActiveGate>> = BTreeMap::new();
    for gate in gates {
        let tokens = gate.active_gate_tokens.iter().flatten();
        let mut ids: Vec<_> = tokens.filter_map(readable_id).cloned().collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            users.entry(id).or_default().push(gate.clone());
        }
    }
    users
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn token(end: Option<&str>, last_use: Option<&str>) -> ActiveGateToken {
        let mut token = ActiveGateToken::new("dt0g02.A", time("2026-01-01T00:00:00Z"));
        token.expiration_date = end.map(time);
        token.last_used_date = last_use.map(time);
        token
    }

    #[test]
    fn each_finding_has_its_limit() {
        use AuditFinding::{Ended, NeverEnds, NoUseShown, Unused};
        let now = time("2026-06-01T00:00:00Z");
        let month = Duration::from_secs(30 * 24 * 60 * 60);
        for (end, last_use, expected) in [
            (None, None, &[NeverEnds, NoUseShown][..]),
            (
                Some("0001-01-01T00:00:00Z"),
                Some("0001-01-01T00:00:00Z"),
                &[NeverEnds, NoUseShown],
            ),
            (
                Some("2026-06-01T00:00:00Z"),
                Some("2026-05-31T00:00:00Z"),
                &[Ended],
            ),
            (
                Some("2026-06-01T00:00:01Z"),
                Some("2026-05-02T00:00:00Z"),
                &[Unused],
            ),
            (
                Some("2027-01-01T00:00:00Z"),
                Some("2026-05-02T00:00:01Z"),
                &[],
            ),
        ] {
            assert_eq!(
                findings(&token(end, last_use), now, month),
                expected,
                "{end:?} {last_use:?}"
            );
        }
    }

    #[test]
    fn a_seed_token_is_a_finding() {
        let seed = token(None, None).with_seed_token(true);
        let found = findings(&seed, time("2026-06-01T00:00:00Z"), Duration::ZERO);
        assert!(found.contains(&AuditFinding::Seed));
    }
}
