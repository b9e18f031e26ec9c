//! Types as in a typical first SDK: serde derive, `String`, and `time`'s ISO 8601 for dates.

use std::collections::HashMap;

use serde::Deserialize;
use time::OffsetDateTime;

/// A page of tokens.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the vendor's")]
pub struct TokenList {
    pub total_count: i64,
    pub page_size: Option<i32>,
    pub next_page_key: Option<String>,
    pub active_gate_tokens: Vec<Token>,
}

/// A token.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the vendor's")]
pub struct Token {
    pub id: String,
    pub name: String,
    pub owner: String,
    #[serde(with = "time::serde::iso8601")]
    pub creation_date: OffsetDateTime,
    #[serde(default, with = "time::serde::iso8601::option")]
    pub expiration_date: Option<OffsetDateTime>,
    #[serde(default, with = "time::serde::iso8601::option")]
    pub last_used_date: Option<OffsetDateTime>,
    pub seed_token: Option<bool>,
    pub active_gate_type: Option<String>,
}

/// A list of gateways.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are the vendor's")]
pub struct GatewayList {
    pub list: Vec<Gateway>,
}

/// A gateway.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are the vendor's")]
pub struct Gateway {
    pub id: String,
    pub name: String,
    pub refuse_connections: bool,
    pub labels: Option<HashMap<String, String>>,
    pub description: Option<String>,
    pub access_address: Option<String>,
    pub default_address: Option<String>,
    pub cloud_provider: Option<String>,
}
