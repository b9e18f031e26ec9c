//! The published examples.
//!
//! Source: docs.dynatrace.com, "ActiveGate tokens API - GET all tokens".

use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGateToken, ActiveGateType};
use redb::WriteTransaction;

use crate::api::dt::token;
use crate::error::Error;

/// Adds the examples to the environment.
pub(crate) fn add(transaction: &WriteTransaction) -> Result<(), Error> {
    for token in active_gate_tokens()? {
        token::insert(transaction, &token)?;
    }
    Ok(())
}

/// Id, name, owner, creation date, last used date, whether it is a seed token.
type Example = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    bool,
);

const ACTIVE_GATE_TOKENS: [Example; 3] = [
    (
        "dt0g02.abc123",
        "system:installer",
        "max.mustermann@company.com",
        "2021-11-22T11:39:29.797Z",
        None,
        true,
    ),
    (
        "dt0g02.321cba",
        "system:installer",
        "john.smith@company.com",
        "2021-11-30T14:11:40.913Z",
        None,
        true,
    ),
    (
        "dt0g02.123abc",
        "system:initial-setup",
        "mary.brown@company.com",
        "2021-10-22T13:48:00.135Z",
        Some("2021-12-02T11:52:17.201Z"),
        false,
    ),
];

fn active_gate_tokens() -> Result<Vec<ActiveGateToken>, Error> {
    let time = |text: &str| {
        Timestamp::parse(text).map_err(|_| Error::Invalid("an example has an invalid date"))
    };
    let examples = ACTIVE_GATE_TOKENS.into_iter();
    let tokens = examples.map(|(id, name, owner, created, last_used, is_seed)| {
        let mut token = ActiveGateToken::new(id, name, owner, time(created)?);
        token.last_used_date = last_used.map(time).transpose()?;
        token.seed_token = Some(is_seed);
        token.active_gate_type = Some(ActiveGateType::Environment);
        Ok(token)
    });
    tokens.collect()
}
