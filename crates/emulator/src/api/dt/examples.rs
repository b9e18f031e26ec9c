//! The published examples.
//!
//! Source: docs.dynatrace.com, "ActiveGate tokens API - GET all tokens".

use std::time::Duration;

use gatelet_models::Timestamp;
use gatelet_models::dt::{
    ActiveGate, ActiveGateAutoUpdateConfig, ActiveGateKind, ActiveGateModule, ActiveGateModuleType,
    ActiveGateToken, ActiveGateTokenState, ActiveGateTokenUse, ActiveGateType, AutoUpdateSetting,
    AutoUpdateState, AutoUpdateStatus, ConnectedHosts, OsArchitecture, OsType, UpdateJob,
};
use redb::WriteTransaction;

use crate::api::dt::table::UPDATE_JOBS;
use crate::api::dt::{active_gate, token};
use crate::error::Error;
use crate::store::encoded::Encoded;

/// The number of the set of examples, which is raised with each new one.
pub(crate) const LEVEL: u64 = 2;

/// Adds the examples to the environment, with a token that expires soon, ActiveGates and update jobs, of which there are no published
/// ones.
pub(crate) fn add(transaction: &WriteTransaction, now: Timestamp) -> Result<(), Error> {
    for token in active_gate_tokens()? {
        token::insert(transaction, &token)?;
    }
    token::insert(transaction, &expiring_token(now))?;
    for gate in connected_gates().into_iter().chain([offline_gate(now)]) {
        active_gate::insert(transaction, &gate)?;
    }
    for (id, job) in [(FAILED_JOB, failed_job(now)), (JOB, update_job(now))] {
        let job = Encoded::new(&job.with_job_id(id))?;
        UPDATE_JOBS.insert(transaction, UPDATED_GATE, id, &job)?;
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
        let token = ActiveGateToken::new(id, time(created)?);
        let mut token = token.with_name(name).with_owner(owner);
        token.last_used_date = last_used.map(time).transpose()?;
        token.seed_token = Some(is_seed);
        token.active_gate_type = Some(ActiveGateType::Environment);
        Ok(token)
    });
    tokens.collect()
}

/// The id of a token that is about to expire.
const EXPIRING_TOKEN: &str = "dt0g02.soon20";

/// Returns a token that expires in 20 days, which none of the published ones does.
fn expiring_token(now: Timestamp) -> ActiveGateToken {
    let day = Duration::from_secs(24 * 60 * 60);
    let created = now.saturating_sub(day * 40);
    let mut token = ActiveGateToken::new(EXPIRING_TOKEN, created)
        .with_name("system:initial-setup")
        .with_owner("mary.brown@company.com");
    token.expiration_date = Some(now.saturating_add(day * 20));
    token.last_used_date = Some(now);
    token.seed_token = Some(false);
    token.active_gate_type = Some(ActiveGateType::Environment);
    token
}

/// The id of the update job that failed.
const FAILED_JOB: &str = "6098745612340987165";

/// Returns an update that failed an hour before the other one was created.
fn failed_job(now: Timestamp) -> UpdateJob {
    let hour = Duration::from_secs(60 * 60);
    update_job(now.saturating_sub(hour)).with_error("The installer could not be downloaded.")
}

/// The id of the update job that succeeded.
const JOB: &str = "-4754066816153208332";

/// Returns a finished update of an ActiveGate. In the store, its timestamp is when it was created.
fn update_job(now: Timestamp) -> UpdateJob {
    UpdateJob::new()
        .with_start_version("1.341.30.20260720-093000")
        .with_target_version(NEWER)
        .with_timestamp(now.saturating_sub(Duration::from_secs(60 * 60)))
        .with_ag_type(ActiveGateKind::Environment)
        .with_environments(["abc12345".to_owned()])
}

/// Returns an ActiveGate without a token that has lost its connection. The list shows it for two hours.
fn offline_gate(now: Timestamp) -> ActiveGate {
    let absent = ActiveGateTokenUse::new().with_state(ActiveGateTokenState::Absent);
    gate("0x3efdd091", "activegate-3", NEWER, absent)
        .with_offline_since(now.saturating_sub(Duration::from_secs(10 * 60)))
        .with_connected_hosts(ConnectedHosts::new().with_number(0_u32))
}

/// The id of the ActiveGate with the update jobs.
const UPDATED_GATE: &str = "1541791174";

/// The newer of the versions.
const NEWER: &str = "1.343.12.20260901-101500";

/// Returns two ActiveGates that are connected, one with a published token, and one with the token that expires.
fn connected_gates() -> [ActiveGate; 2] {
    let token = |id: &str| ActiveGateTokenUse::new().with_id(id);
    [
        gate(UPDATED_GATE, "activegate-1", NEWER, token("dt0g02.123abc")),
        gate(
            "-1556499193",
            "activegate-2",
            "1.341.30.20260720-093000",
            token(EXPIRING_TOKEN),
        ),
    ]
}

/// Returns an ActiveGate that is connected.
fn gate(id: &str, host: &str, version: &str, token: ActiveGateTokenUse) -> ActiveGate {
    let settings = ActiveGateAutoUpdateConfig::new()
        .with_setting(AutoUpdateSetting::Inherited)
        .with_effective_setting(AutoUpdateState::Enabled);
    let modules = [
        (ActiveGateModuleType::OneAgentRouting, true),
        (ActiveGateModuleType::Logs, true),
        (ActiveGateModuleType::Synthetic, false),
    ];
    let modules = modules.map(|(kind, is_enabled)| {
        ActiveGateModule::new()
            .with_kind(kind)
            .with_enabled(is_enabled)
            .with_misconfigured(false)
    });
    ActiveGate::new()
        .with_id(id)
        .with_hostname(format!("{host}.example.com"))
        .with_os_type(OsType::Linux)
        .with_os_architecture(OsArchitecture::X86)
        .with_os_bitness("64")
        .with_kind(ActiveGateKind::Environment)
        .with_version(version)
        .with_auto_update_status(AutoUpdateStatus::Up2date)
        .with_auto_update_settings(settings)
        .with_environments(["abc12345".to_owned()])
        .with_group("default")
        .with_network_zone("default")
        .with_network_addresses([format!("{host}.example.com")])
        .with_load_balancer_addresses([])
        .with_containerized(false)
        .with_fips_mode(false)
        .with_connected_hosts(ConnectedHosts::new().with_number(3_u32))
        .with_modules(modules)
        .with_active_gate_tokens([token])
}
