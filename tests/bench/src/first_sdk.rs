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

/// A list of ActiveGates.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the vendor's")]
pub struct ActiveGateList {
    pub active_gates: Vec<ActiveGate>,
}

/// An ActiveGate.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the vendor's")]
pub struct ActiveGate {
    pub id: Option<String>,
    pub hostname: Option<String>,
    pub os_type: Option<String>,
    pub os_architecture: Option<String>,
    pub os_bitness: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub version: Option<String>,
    pub auto_update_status: Option<String>,
    pub auto_update_settings: Option<AutoUpdateConfig>,
    pub offline_since: Option<i64>,
    pub main_environment: Option<String>,
    pub environments: Option<Vec<String>>,
    pub group: Option<String>,
    pub network_zone: Option<String>,
    pub network_addresses: Option<Vec<String>>,
    pub load_balancer_addresses: Option<Vec<String>>,
    pub containerized: Option<bool>,
    pub fips_mode: Option<bool>,
    pub connected_hosts: Option<ConnectedHosts>,
    pub modules: Option<Vec<Module>>,
    pub active_gate_tokens: Option<Vec<TokenUse>>,
}

/// How an ActiveGate is updated.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the vendor's")]
pub struct AutoUpdateConfig {
    pub setting: String,
    pub effective_setting: Option<String>,
    pub target_version: Option<String>,
    pub update_windows: Option<UpdateWindows>,
}

/// When updates may begin.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are the vendor's")]
pub struct UpdateWindows {
    pub windows: Vec<UpdateWindow>,
}

/// A window of updates.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are the vendor's")]
pub struct UpdateWindow {
    pub id: String,
    pub name: Option<String>,
}

/// The hosts that are connected to an ActiveGate.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are the vendor's")]
pub struct ConnectedHosts {
    pub number: Option<i32>,
}

/// A module of an ActiveGate.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are the vendor's")]
pub struct Module {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub enabled: Option<bool>,
    pub misconfigured: Option<bool>,
    pub version: Option<String>,
    pub attributes: Option<HashMap<String, String>>,
}

/// A token of an ActiveGate.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the vendor's")]
pub struct TokenUse {
    pub id: Option<String>,
    pub state: Option<String>,
    pub environment_id: Option<String>,
}
