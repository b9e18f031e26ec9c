//! What is wrong with ActiveGates, or soon will be.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use gatelet_models::Timestamp;
use gatelet_models::dt::{
    ActiveGate, ActiveGateId, ActiveGateToken, ActiveGateTokenId, ActiveGateTokenState,
    ActiveGateTokenUse, AutoUpdateStatus,
};
use gatelet_transport::{Clock as _, Error};

use crate::generated::active_gate_tokens::ActiveGateTokens;
use crate::generated::active_gates::ActiveGates;
use crate::token_users::{letters, readable_id, resembled};

/// One reason why an ActiveGate needs attention.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The ActiveGate.
    pub active_gate: Option<ActiveGateId>,
    /// Its host name.
    pub hostname: Option<String>,
    /// What is wrong.
    pub reason: AttentionReason,
    /// The token, if the reason is about one that has an id.
    pub token: Option<ActiveGateTokenId>,
    /// When the token ends or ended, or since when the ActiveGate is offline.
    pub date: Option<Timestamp>,
}

/// Why an ActiveGate needs attention. Reasons are added without notice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttentionReason {
    /// Its token ends within the time, or has ended.
    TokenExpires,
    /// The environment does not know its token, presumably because it was deleted.
    TokenUnknown,
    /// A token of the wrong form is configured.
    TokenInvalid,
    /// It supports tokens and has none.
    TokenAbsent,
    /// Its version does not support tokens.
    TokenUnsupported,
    /// It does not say which tokens it has, an entry has neither an id nor a state, or its id only resembles that of a token, so that any
    /// of these reasons may be hidden.
    TokensUnreported,
    /// Its token is in a state that this client does not know, which may be fine.
    OtherTokenState(ActiveGateTokenState),
    /// It is not connected.
    Offline,
    /// A newer version is available.
    Outdated,
    /// An update failed.
    UpdateProblem,
    /// Its version does not fit the environment.
    Incompatible,
    /// Its update is in a state that this client does not know, which may be fine.
    OtherUpdateStatus(AutoUpdateStatus),
}

impl AttentionReason {
    /// Returns the reason as a word, such as `TOKEN_EXPIRES`. That of an unknown state contains the word of the API.
    #[must_use]
    pub fn as_str(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::TokenExpires => "TOKEN_EXPIRES",
            Self::TokenUnknown => "TOKEN_UNKNOWN",
            Self::TokenInvalid => "TOKEN_INVALID",
            Self::TokenAbsent => "TOKEN_ABSENT",
            Self::TokenUnsupported => "TOKEN_UNSUPPORTED",
            Self::TokensUnreported => "TOKENS_UNREPORTED",
            Self::OtherTokenState(state) => return format!("TOKEN_STATE_{state}").into(),
            Self::Offline => "OFFLINE",
            Self::Outdated => "OUTDATED",
            Self::UpdateProblem => "UPDATE_PROBLEM",
            Self::Incompatible => "INCOMPATIBLE",
            Self::OtherUpdateStatus(status) => return format!("UPDATE_STATUS_{status}").into(),
        })
    }
}

impl fmt::Display for AttentionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_str())
    }
}

impl ActiveGates {
    /// Finds what needs attention: tokens that end within a time, or are unknown, invalid, absent or not supported; ActiveGates that are
    /// offline; versions that are behind.
    ///
    /// An ActiveGate can have several findings; they are in the order of the API's list. Updates that are scheduled, pending, running,
    /// suppressed or in the state `UNKNOWN` are not findings. It is not documented how an ActiveGate without a token is listed: an entry
    /// `ABSENT` and an empty list are [`TokenAbsent`](AttentionReason::TokenAbsent), a missing list is
    /// [`TokensUnreported`](AttentionReason::TokensUnreported). An ActiveGate that has been offline for more than two hours is not
    /// in the API's list, so an empty result does not prove that all is well, and a token that no listed ActiveGate shows is not reported.
    ///
    /// The dates are those of the environment's tokens, compared with the client's clock; the API itself marks a token as expiring 30 days
    /// before its end. The reasons of tokens are:
    ///
    /// - a date that is past or within the time: [`TokenExpires`](AttentionReason::TokenExpires);
    /// - marked as expiring, and the date is not known: [`TokenExpires`](AttentionReason::TokenExpires), without a date;
    /// - marked as unknown: [`TokenExpires`](AttentionReason::TokenExpires) if the environment lists the token with a date in the past,
    ///   otherwise [`TokenUnknown`](AttentionReason::TokenUnknown);
    /// - without a state: [`TokenUnknown`](AttentionReason::TokenUnknown) if the environment does not list the token, unless it may belong
    ///   to another environment;
    /// - without a state and without a readable id, or with an id that is not listed and differs from a listed one only in case or white
    ///   space, or in a secret at its end: [`TokensUnreported`](AttentionReason::TokensUnreported).
    ///
    /// An empty word is no state. Of several tokens with one id, the earliest end counts; an end in year 1 means that the token never ends.
    ///
    /// Needs the scopes of [`list`](Self::list) and of [`ActiveGateTokens::list`]. Each request has the
    /// client's timeout and retry policy. The list of ActiveGates is one response, by estimate of 1.5 to 4 kB for each, which the client's
    /// [`body_limit`](crate::ClientBuilder::body_limit) must hold: 10 MiB unless it is raised.
    ///
    /// # Errors
    ///
    /// Those of [`list`](Self::list) and of [`ActiveGateTokens::list`]; [`Error::operation`] says which of them failed, and so which scope
    /// is missing after a 403: `dt getAllActiveGates` or `dt listTokens`, or on the platform `dt listFleetTokens`. A list of tokens that ends before its
    /// total count is an error too, `Pagination(Incomplete)`.
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
    /// for finding in dt.active_gates().attention(month).await? {
    ///     println!("{:?}: {} {:?}", finding.hostname, finding.reason, finding.date);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn attention(&self, within: Duration) -> Result<Vec<Finding>, Error> {
        let gates = self.list().send().await?.active_gates;
        let mut known = KnownTokens::new();
        let tokens = ActiveGateTokens::new(&self.client);
        let tokens = tokens.list().largest_pages().require_complete();
        let mut tokens = tokens.items();
        while let Some(token) = tokens.try_next().await? {
            known.add(token);
        }
        known.now = Timestamp::from(self.client.channel().clock().now());
        known.limit = known.now.saturating_add(within);
        Ok(gates
            .iter()
            .flat_map(|gate| findings(gate, &known))
            .collect())
    }
}

/// The tokens that the environment lists.
struct KnownTokens {
    /// Their expiration dates.
    ends: BTreeMap<ActiveGateTokenId, Option<Timestamp>>,
    /// The letters of their ids, by which an id is known that differs in case or white space.
    letters: BTreeSet<String>,
    now: Timestamp,
    /// Tokens that end until then are reported.
    limit: Timestamp,
}

impl KnownTokens {
    fn new() -> Self {
        Self {
            ends: BTreeMap::new(),
            letters: BTreeSet::new(),
            now: Timestamp::UNSET,
            limit: Timestamp::UNSET,
        }
    }

    /// Adds a token of the list. Of several with one id, the earliest end counts. Year 1 means "never".
    fn add(&mut self, token: ActiveGateToken) {
        self.letters.insert(letters(token.id.as_str()));
        let end = token.expiration_date.filter(|end| !end.is_unset());
        let known = self.ends.entry(token.id).or_default();
        *known = known.iter().copied().chain(end).min();
    }

    fn end(&self, id: Option<&ActiveGateTokenId>) -> Option<Timestamp> {
        *self.ends.get(id?)?
    }

    /// Returns whether a token is not listed, although it is one of this environment.
    fn lacks(&self, token: &ActiveGateTokenUse) -> bool {
        let id = token.id.as_ref();
        token.environment_id.is_none() && id.is_some_and(|id| !self.ends.contains_key(id))
    }

    /// Returns whether a token is not listed, but one whose id it resembles, so that it is unknown which token it is.
    fn resembles(&self, token: &ActiveGateTokenUse) -> bool {
        let id = token.id.as_ref().filter(|id| !self.ends.contains_key(*id));
        id.is_some_and(|id| {
            let shown = letters(id.as_str());
            resembled(&shown).any(|resembled| self.letters.contains(resembled))
        })
    }
}

/// Returns the findings of an ActiveGate.
fn findings(gate: &ActiveGate, known: &KnownTokens) -> Vec<Finding> {
    let finding = |reason, token: Option<&ActiveGateTokenId>, date| Finding {
        active_gate: gate.id.clone(),
        hostname: gate.hostname.clone(),
        reason,
        token: token.cloned(),
        date,
    };
    let mut found = Vec::new();
    match &gate.active_gate_tokens {
        None => found.push(finding(AttentionReason::TokensUnreported, None, None)),
        Some(tokens) if tokens.is_empty() => {
            found.push(finding(AttentionReason::TokenAbsent, None, None));
        }
        Some(_) => {}
    }
    for token in gate.active_gate_tokens.iter().flatten() {
        let id = readable_id(token);
        let end = known.end(id);
        let reason = token_reason(token, known);
        found.extend(reason.map(|reason| finding(reason, id, end)));
    }
    if let Some(since) = gate.offline_since {
        found.push(finding(AttentionReason::Offline, None, Some(since)));
    }
    let status = gate.auto_update_status.as_ref();
    let status = status.filter(|status| !is_blank(status.as_str()));
    let reason = status.and_then(update_reason);
    found.extend(reason.map(|reason| finding(reason, None, None)));
    found
}

/// Returns whether a word says nothing.
fn is_blank(word: &str) -> bool {
    word.trim().is_empty()
}

/// Returns what is wrong with a token.
fn token_reason(token: &ActiveGateTokenUse, known: &KnownTokens) -> Option<AttentionReason> {
    let state = token.state.as_ref();
    let state = state.filter(|state| !is_blank(state.as_str()));
    let end = known.end(readable_id(token));
    let expires = match end {
        Some(end) => end <= known.limit,
        None => state == Some(&ActiveGateTokenState::Expiring),
    };
    match state {
        Some(ActiveGateTokenState::UnknownWord) if end.is_some_and(|end| end <= known.now) => {
            Some(AttentionReason::TokenExpires)
        }
        None if readable_id(token).is_none() => Some(AttentionReason::TokensUnreported),
        None | Some(ActiveGateTokenState::UnknownWord | ActiveGateTokenState::Valid)
            if known.resembles(token) =>
        {
            Some(AttentionReason::TokensUnreported)
        }
        None if known.lacks(token) => Some(AttentionReason::TokenUnknown),
        Some(ActiveGateTokenState::UnknownWord) => Some(AttentionReason::TokenUnknown),
        Some(ActiveGateTokenState::Invalid) => Some(AttentionReason::TokenInvalid),
        Some(ActiveGateTokenState::Absent) => Some(AttentionReason::TokenAbsent),
        Some(ActiveGateTokenState::Unsupported) => Some(AttentionReason::TokenUnsupported),
        _ if expires => Some(AttentionReason::TokenExpires),
        None | Some(ActiveGateTokenState::Valid | ActiveGateTokenState::Expiring) => None,
        Some(other) => Some(AttentionReason::OtherTokenState(other.clone())),
    }
}

/// Returns what is wrong with the version of an ActiveGate.
fn update_reason(status: &AutoUpdateStatus) -> Option<AttentionReason> {
    match status {
        AutoUpdateStatus::Outdated => Some(AttentionReason::Outdated),
        AutoUpdateStatus::UpdateProblem => Some(AttentionReason::UpdateProblem),
        AutoUpdateStatus::Incompatible => Some(AttentionReason::Incompatible),
        AutoUpdateStatus::Up2date
        | AutoUpdateStatus::Scheduled
        | AutoUpdateStatus::Suppressed
        | AutoUpdateStatus::UpdateInProgress
        | AutoUpdateStatus::UpdatePending
        | AutoUpdateStatus::UnknownWord => None,
        other => Some(AttentionReason::OtherUpdateStatus(other.clone())),
    }
}
