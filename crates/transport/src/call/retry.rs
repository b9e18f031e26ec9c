//! Decides when a failed attempt is repeated.

use std::time::Duration;

use crate::error::sent::Sent;
use crate::error::transport::{ConnectFailure, Phase, TransportErrorKind};

/// How often a call is attempted, and how long it waits in between.
///
/// A wait is a random part of 50 ms · 2ⁿ (1 s · 2ⁿ after a 429), at most 20 s; a longer wait that the server requests
/// is kept up to 60 s. All calls of a client share a budget of 500: a retry takes 14 (5 after a 429), and a success
/// refunds the last retry, so that a server that is down receives little more than one attempt per call.
///
/// ```
/// let persistent = gatelet_transport::RetryPolicy::default().max_attempts(5);
/// let once = gatelet_transport::RetryPolicy::never();
/// # let _ = (persistent, once);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    throttled_base_delay: Duration,
    max_delay: Duration,
    max_server_delay: Duration,
    budget: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(50),
            throttled_base_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(20),
            max_server_delay: Duration::from_secs(60),
            budget: 500,
        }
    }
}

impl RetryPolicy {
    /// Returns a policy of a single attempt. Set for one call, it does not apply to a token exchange that the call waits for.
    #[must_use]
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets the number of attempts, including the first; default 3, at least 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the first wait, doubled after each further attempt; default 50 ms.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the first wait after a 429, doubled after each further attempt; default 1 s.
    #[must_use]
    pub fn throttled_base_delay(mut self, delay: Duration) -> Self {
        self.throttled_base_delay = delay;
        self
    }

    /// Sets the maximum wait of our own backoff; default 20 s.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets the maximum wait that the server may request; default 60 s.
    #[must_use]
    pub fn max_server_delay(mut self, delay: Duration) -> Self {
        self.max_server_delay = delay;
        self
    }

    /// Sets the retry budget that all calls of a client share; default 500.
    #[must_use]
    pub fn budget(mut self, budget: u32) -> Self {
        self.budget = budget;
        self
    }

    pub(crate) fn budget_size(&self) -> u32 {
        self.budget
    }

    pub(crate) fn allows_another_after(&self, attempts: u32) -> bool {
        attempts < self.max_attempts
    }

    /// Returns the maximum wait after this many attempts, before jitter.
    fn ceiling(&self, class: FailureClass, attempts: u32) -> Duration {
        let base = match class {
            FailureClass::Throttled => self.throttled_base_delay,
            _ => self.base_delay,
        };
        let doublings = attempts.saturating_sub(1).min(31);
        base.saturating_mul(1 << doublings).min(self.max_delay)
    }
}

/// The cause of a failed attempt, as far as retries depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureCause {
    /// No complete response.
    Transport {
        kind: TransportErrorKind,
        sent: Sent,
    },
    /// A status other than success.
    Status(u16),
    /// A response that would be the same again.
    Final,
}

/// What is known when an attempt has failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryContext {
    pub(crate) cause: FailureCause,
    pub(crate) is_idempotent: bool,
    /// The attempts made so far.
    pub(crate) attempts: u32,
    /// Whether a 421 has been retried already.
    pub(crate) was_misdirected: bool,
    pub(crate) server_delay: Option<Duration>,
    /// The time left for the call.
    pub(crate) remaining: Duration,
    /// A number from 0 to 1.
    pub(crate) jitter: f64,
}

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Take the cost from the budget, wait, and try again.
    Retry { after: Duration, cost: u32 },
    /// Fail the call.
    Stop,
}

/// The cost of a retry, and of one after a 429.
const COST: u32 = 14;
const THROTTLED_COST: u32 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FailureClass {
    /// Another attempt would fail the same way.
    Permanent,
    /// The server has certainly not processed the request.
    Unprocessed,
    /// The server rejected the request because of load.
    Throttled,
    /// The connection was the wrong one for the host.
    Misdirected,
    /// The server may have processed the request.
    Uncertain,
}

impl FailureClass {
    fn of(cause: FailureCause) -> Self {
        match cause {
            FailureCause::Status(429) => Self::Throttled,
            FailureCause::Status(421) => Self::Misdirected,
            // Not a temporary condition: unknown methods, versions, or a login that the network requires.
            FailureCause::Status(501 | 505 | 511) => Self::Permanent,
            FailureCause::Status(408 | 500..=599) => Self::Uncertain,
            FailureCause::Transport { kind, sent } => match kind {
                TransportErrorKind::Connect(ConnectFailure::ProxyCredentials) => Self::Permanent,
                TransportErrorKind::Connect(_) => Self::Unprocessed,
                TransportErrorKind::Timeout(Phase::Total) => Self::Permanent,
                TransportErrorKind::Timeout(_) | TransportErrorKind::Interrupted => {
                    if sent == Sent::Nothing {
                        Self::Unprocessed
                    } else {
                        Self::Uncertain
                    }
                }
                _ => Self::Permanent,
            },
            FailureCause::Status(_) | FailureCause::Final => Self::Permanent,
        }
    }
}

/// Returns whether a status may be temporary.
pub(crate) fn is_transient_status(status: u16) -> bool {
    FailureClass::of(FailureCause::Status(status)) != FailureClass::Permanent
}

/// Returns whether the failure may be temporary, so that the call may succeed later.
pub(crate) fn is_transient(cause: FailureCause, is_idempotent: bool) -> bool {
    match FailureClass::of(cause) {
        FailureClass::Permanent => matches!(
            cause,
            FailureCause::Transport {
                kind: TransportErrorKind::Timeout(_),
                sent,
            } if is_idempotent || sent != Sent::Whole
        ),
        FailureClass::Unprocessed | FailureClass::Throttled | FailureClass::Misdirected => true,
        FailureClass::Uncertain => is_idempotent || is_partly_sent(cause),
    }
}

fn is_partly_sent(cause: FailureCause) -> bool {
    matches!(
        cause,
        FailureCause::Transport {
            sent: Sent::Part,
            ..
        }
    )
}

/// Decides whether and when a failed attempt is repeated.
pub(crate) fn decide(policy: &RetryPolicy, context: &RetryContext) -> Decision {
    let class = FailureClass::of(context.cause);
    let may_repeat = match class {
        FailureClass::Permanent => false,
        FailureClass::Unprocessed | FailureClass::Throttled => true,
        FailureClass::Misdirected => !context.was_misdirected,
        FailureClass::Uncertain => context.is_idempotent,
    };
    if !may_repeat || !policy.allows_another_after(context.attempts) {
        return Decision::Stop;
    }
    let jitter = match context.jitter {
        jitter if jitter > 0.0 => jitter.min(1.0),
        // Also covers NaN, because the source is the caller's.
        _ => 0.0,
    };
    let backoff = policy.ceiling(class, context.attempts).mul_f64(jitter);
    let wanted = backoff.max(context.server_delay.unwrap_or_default());
    if wanted >= context.remaining {
        return Decision::Stop;
    }
    let limit = policy.max_server_delay.max(backoff);
    Decision::Retry {
        after: wanted.min(limit),
        cost: if class == FailureClass::Throttled {
            THROTTLED_COST
        } else {
            COST
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, FailureCause, RetryContext, RetryPolicy, decide, is_transient};
    use crate::error::sent::Sent;
    use crate::error::transport::{ConnectFailure, Phase, TooLarge, TransportErrorKind};
    use std::time::Duration;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn context(cause: FailureCause, is_idempotent: bool) -> RetryContext {
        RetryContext {
            cause,
            is_idempotent,
            attempts: 1,
            was_misdirected: false,
            server_delay: None,
            remaining: ms(90_000),
            jitter: 1.0,
        }
    }

    fn decision(context: RetryContext) -> Decision {
        decide(&RetryPolicy::default(), &context)
    }

    const fn sent(kind: TransportErrorKind) -> FailureCause {
        FailureCause::Transport {
            kind,
            sent: Sent::Whole,
        }
    }

    const fn partly_sent(kind: TransportErrorKind) -> FailureCause {
        FailureCause::Transport {
            kind,
            sent: Sent::Part,
        }
    }

    const fn unsent(kind: TransportErrorKind) -> FailureCause {
        FailureCause::Transport {
            kind,
            sent: Sent::Nothing,
        }
    }

    #[test]
    fn a_limit_of_server_delays_does_not_shorten_our_backoff() {
        let policy = RetryPolicy::default().max_server_delay(ms(10));
        let own = context(FailureCause::Status(503), true);
        let delayed = RetryContext {
            server_delay: Some(ms(1_000)),
            ..own
        };
        let retry = Decision::Retry {
            after: ms(50),
            cost: 14,
        };
        assert_eq!(decide(&policy, &own), retry);
        assert_eq!(decide(&policy, &delayed), retry);
    }

    // T42, U20
    #[test]
    fn each_failure_is_retried_if_that_is_safe() {
        use TransportErrorKind::{Config, Connect, Interrupted, Protocol, Timeout, Tls};
        let again = |after, cost| Decision::Retry {
            after: ms(after),
            cost,
        };
        let stop = Decision::Stop;
        let too_large = TransportErrorKind::TooLarge {
            what: TooLarge::Body,
            limit: 1,
        };
        let table = [
            // cause, decision for an idempotent call, decision for a create
            (FailureCause::Status(408), again(50, 14), stop),
            (FailureCause::Status(500), again(50, 14), stop),
            (FailureCause::Status(502), again(50, 14), stop),
            (FailureCause::Status(503), again(50, 14), stop),
            (FailureCause::Status(504), again(50, 14), stop),
            (FailureCause::Status(506), again(50, 14), stop),
            (FailureCause::Status(507), again(50, 14), stop),
            (FailureCause::Status(508), again(50, 14), stop),
            (FailureCause::Status(510), again(50, 14), stop),
            (FailureCause::Status(520), again(50, 14), stop),
            (FailureCause::Status(524), again(50, 14), stop),
            (FailureCause::Status(530), again(50, 14), stop),
            (FailureCause::Status(599), again(50, 14), stop),
            (FailureCause::Status(421), again(50, 14), again(50, 14)),
            (FailureCause::Status(429), again(1000, 5), again(1000, 5)),
            (FailureCause::Status(400), stop, stop),
            (FailureCause::Status(401), stop, stop),
            (FailureCause::Status(404), stop, stop),
            (FailureCause::Status(409), stop, stop),
            (FailureCause::Status(501), stop, stop),
            (FailureCause::Status(505), stop, stop),
            (FailureCause::Status(511), stop, stop),
            (FailureCause::Status(499), stop, stop),
            (FailureCause::Status(600), stop, stop),
            (FailureCause::Final, stop, stop),
            (
                unsent(Connect(ConnectFailure::Refused)),
                again(50, 14),
                again(50, 14),
            ),
            (
                unsent(Connect(ConnectFailure::Dns)),
                again(50, 14),
                again(50, 14),
            ),
            (
                unsent(Connect(ConnectFailure::ProxyCredentials)),
                stop,
                stop,
            ),
            (
                unsent(Timeout(Phase::Connect)),
                again(50, 14),
                again(50, 14),
            ),
            (unsent(Interrupted), again(50, 14), again(50, 14)),
            (sent(Interrupted), again(50, 14), stop),
            (sent(Timeout(Phase::FirstByte)), again(50, 14), stop),
            (sent(Timeout(Phase::Stall)), again(50, 14), stop),
            (sent(Timeout(Phase::Attempt)), again(50, 14), stop),
            (sent(Timeout(Phase::Total)), stop, stop),
            (partly_sent(Interrupted), again(50, 14), stop),
            (partly_sent(Timeout(Phase::FirstByte)), again(50, 14), stop),
            (partly_sent(Timeout(Phase::Attempt)), again(50, 14), stop),
            (partly_sent(Protocol), stop, stop),
            (unsent(Tls), stop, stop),
            (unsent(Config), stop, stop),
            (sent(Protocol), stop, stop),
            (sent(too_large), stop, stop),
        ];
        for (cause, idempotent, create) in table {
            assert_eq!(
                decision(context(cause, true)),
                idempotent,
                "{cause:?}, idempotent"
            );
            assert_eq!(decision(context(cause, false)), create, "{cause:?}, create");
        }
    }

    // T42
    #[test]
    fn waits_double_up_to_their_limit_and_chance_takes_its_part() {
        let policy = RetryPolicy::default().max_attempts(100);
        let wait = |status, attempts, jitter| {
            let context = RetryContext {
                attempts,
                jitter,
                ..context(FailureCause::Status(status), true)
            };
            match decide(&policy, &context) {
                Decision::Retry { after, .. } => after,
                Decision::Stop => panic!("stopped after {attempts} attempts"),
            }
        };
        let all = |status| [1, 2, 3, 4, 10, 99].map(|attempts| wait(status, attempts, 1.0));
        assert_eq!(all(503), [50, 100, 200, 400, 20_000, 20_000].map(ms));
        assert_eq!(all(429), [1000, 2000, 4000, 8000, 20_000, 20_000].map(ms));
        assert_eq!(wait(503, 2, 0.25), ms(25));
        assert_eq!(wait(503, 2, 0.0), ms(0));
        assert_eq!(wait(503, 2, 7.0), ms(100));
        assert_eq!(wait(503, 2, f64::NAN), ms(0));
    }

    #[test]
    fn attempts_are_limited() {
        let third = RetryContext {
            attempts: 3,
            ..context(FailureCause::Status(503), true)
        };
        assert_eq!(decision(third), Decision::Stop);
        assert_eq!(
            decide(
                &RetryPolicy::never(),
                &context(FailureCause::Status(503), true)
            ),
            Decision::Stop
        );
    }

    // T38
    #[test]
    fn a_misdirected_request_is_repeated_once() {
        let first = context(FailureCause::Status(421), false);
        assert!(matches!(decision(first), Decision::Retry { .. }));
        assert_eq!(
            decision(RetryContext {
                was_misdirected: true,
                ..first
            }),
            Decision::Stop
        );
    }

    // T39
    #[test]
    fn a_longer_server_delay_counts_up_to_a_minute() {
        let asked = |seconds| RetryContext {
            server_delay: Some(Duration::from_secs(seconds)),
            ..context(FailureCause::Status(429), false)
        };
        let after = |seconds| Decision::Retry {
            after: Duration::from_secs(seconds),
            cost: 5,
        };
        assert_eq!(decision(asked(0)), after(1));
        assert_eq!(decision(asked(7)), after(7));
        assert_eq!(decision(asked(80)), after(60));
    }

    // T41
    #[test]
    fn a_wait_beyond_the_call_is_not_started() {
        let too_long = RetryContext {
            server_delay: Some(Duration::from_secs(31)),
            remaining: Duration::from_secs(31),
            ..context(FailureCause::Status(429), true)
        };
        assert_eq!(decision(too_long), Decision::Stop);
        let late = RetryContext {
            remaining: ms(50),
            ..context(FailureCause::Status(503), true)
        };
        assert_eq!(decision(late), Decision::Stop);
    }

    #[test]
    fn calls_that_cannot_be_applied_twice_are_retryable() {
        assert!(is_transient(FailureCause::Status(429), false));
        assert!(is_transient(
            sent(TransportErrorKind::Timeout(Phase::Total)),
            true
        ));
        assert!(!is_transient(
            sent(TransportErrorKind::Timeout(Phase::Total)),
            false
        ));
        assert!(!is_transient(sent(TransportErrorKind::Interrupted), false));
        for kind in [
            TransportErrorKind::Interrupted,
            TransportErrorKind::Timeout(Phase::Attempt),
            TransportErrorKind::Timeout(Phase::Total),
        ] {
            assert!(is_transient(partly_sent(kind), false));
            assert!(is_transient(unsent(kind), false));
        }
        assert!(!is_transient(FailureCause::Status(404), true));
    }
}
