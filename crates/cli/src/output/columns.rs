//! The table columns that are chosen by hand, as the description says (`x-own-columns`). Other models have one for each member that
//! fits into a cell.

use std::collections::BTreeMap;

use gatelet_models::asa::{
    AgentToken, EnrollmentToken, Gateway, GatewaySetupToken, GatewayStatusReport, Project,
    ServiceUser, ServiceUserKey,
};
use gatelet_models::dt::{
    ActiveGate, ActiveGateToken, ActiveGateTokenCreated, ActiveGateTokenEnforcement,
    ActiveGateTokenUse, TimeSpan, TimeUnit, UpdateJob,
};
use gatelet_models::{Lenient, Timestamp};

use crate::output::record::{Column, Record};

pub(crate) const GATEWAY: &[Column<Gateway>] = &[
    Column {
        header: "ID",
        value: |gateway| Some(gateway.id.to_string()),
    },
    Column {
        header: "NAME",
        value: |gateway| Some(gateway.name.clone()),
    },
    Column {
        header: "REFUSES",
        value: |gateway| Some(gateway.refuse_connections.to_string()),
    },
    Column {
        header: "ADDRESS",
        value: |gateway| {
            gateway
                .access_address
                .clone()
                .or_else(|| gateway.default_address.clone())
        },
    },
    Column {
        header: "LABELS",
        value: |gateway| labels(gateway.labels.as_ref()),
    },
    Column {
        header: "DESCRIPTION",
        value: |gateway| gateway.description.clone(),
    },
];

pub(crate) const GATEWAY_STATUS_REPORT: &[Column<GatewayStatusReport>] = &[
    Column {
        header: "GATEWAY",
        value: |report| text(report.gateway_id.as_ref()),
    },
    Column {
        header: "STATUS",
        value: |report| text(report.status.as_ref()),
    },
    Column {
        header: "CONNECTIONS",
        value: |report| text(report.active_connections.as_ref()),
    },
    Column {
        header: "USED BYTES",
        value: |report| text(report.used_storage_bytes.as_ref()),
    },
    Column {
        header: "TOTAL BYTES",
        value: |report| text(report.total_storage_bytes.as_ref()),
    },
    Column {
        header: "UPDATED",
        value: |report| time(report.updated_at.as_ref()),
    },
];

pub(crate) const SERVICE_USER_KEY: &[Column<ServiceUserKey>] = &[
    Column {
        header: "ID",
        value: |key| Some(key.id.to_string()),
    },
    Column {
        header: "ISSUED",
        value: |key| time(key.issued_at.as_ref()),
    },
    Column {
        header: "LAST USED",
        value: |key| time(key.last_used.as_ref()),
    },
    Column {
        header: "ENDS",
        value: |key| time(key.expires_at.as_ref()),
    },
];

pub(crate) const SERVICE_USER: &[Column<ServiceUser>] = &[
    Column {
        header: "NAME",
        value: |user| Some(user.name.clone()),
    },
    Column {
        header: "STATUS",
        value: |user| Some(user.status.to_string()),
    },
    Column {
        header: "ID",
        value: |user| Some(user.id.to_string()),
    },
    Column {
        header: "DELETED",
        value: |user| time(user.deleted_at.as_ref()),
    },
];

pub(crate) const GATEWAY_SETUP_TOKEN: &[Column<GatewaySetupToken>] = &[
    Column {
        header: "ID",
        value: |token| Some(token.id.to_string()),
    },
    Column {
        header: "TYPE",
        value: |token| Some(token.registration_type.to_string()),
    },
    Column {
        header: "LABELS",
        value: |token| {
            labels(
                token
                    .details
                    .as_ref()
                    .and_then(|details| details.labels.as_ref()),
            )
        },
    },
    Column {
        header: "CREATED",
        value: |token| time(token.created_at.as_ref()),
    },
    Column {
        header: "DESCRIPTION",
        value: |token| token.description.clone(),
    },
];

pub(crate) const ENROLLMENT_TOKEN: &[Column<EnrollmentToken>] = &[
    Column {
        header: "ID",
        value: |token| Some(token.id.to_string()),
    },
    Column {
        header: "TOKEN",
        value: |token| token.token.as_ref().map(|it| it.expose().to_owned()),
    },
    Column {
        header: "CREATED BY",
        value: |token| token.created_by_user.clone(),
    },
    Column {
        header: "ISSUED",
        value: |token| time(token.issued_at.as_ref()),
    },
    Column {
        header: "DESCRIPTION",
        value: |token| token.description.clone(),
    },
];

pub(crate) const PROJECT: &[Column<Project>] = &[
    Column {
        header: "ID",
        value: |project| Some(project.id.to_string()),
    },
    Column {
        header: "NAME",
        value: |project| Some(project.name.to_string()),
    },
    Column {
        header: "GATEWAY SELECTOR",
        value: |project| project.gateway_selector.clone(),
    },
    Column {
        header: "FORWARDS",
        value: |project| text(project.forward_traffic.as_ref()),
    },
    Column {
        header: "RESOURCE GROUP",
        value: |project| text(project.resource_group_id.as_ref()),
    },
    Column {
        header: "DELETED",
        value: |project| time(project.deleted_at.as_ref()),
    },
];

impl Record for AgentToken {
    const COLUMNS: &'static [Column<Self>] = &[Column {
        header: "",
        value: |agent| agent.token.as_ref().map(|token| token.expose().to_owned()),
    }];
}

pub(crate) const ACTIVE_GATE_TOKEN: &[Column<ActiveGateToken>] = &[
    Column {
        header: "ID",
        value: |token| Some(token.id.to_string()),
    },
    Column {
        header: "NAME",
        value: |token| Some(token.name.clone()),
    },
    Column {
        header: "TYPE",
        value: |token| text(token.active_gate_type.as_ref()),
    },
    Column {
        header: "SEED",
        value: |token| text(token.seed_token.as_ref()),
    },
    Column {
        header: "OWNER",
        value: |token| Some(token.owner.clone()),
    },
    Column {
        header: "CREATED",
        value: |token| time(Some(&token.creation_date)),
    },
    Column {
        header: "EXPIRES",
        value: |token| time(token.expiration_date.as_ref()),
    },
    Column {
        header: "LAST USED",
        value: |token| time(token.last_used_date.as_ref()),
    },
];

pub(crate) const ACTIVE_GATE: &[Column<ActiveGate>] = &[
    Column {
        header: "ID",
        value: |gate| text(gate.id.as_ref()),
    },
    Column {
        header: "HOSTNAME",
        value: |gate| gate.hostname.clone(),
    },
    Column {
        header: "TYPE",
        value: |gate| text(gate.kind.as_ref()),
    },
    Column {
        header: "VERSION",
        value: |gate| text(gate.version.as_ref()),
    },
    Column {
        header: "UPDATE",
        value: |gate| text(gate.auto_update_status.as_ref()),
    },
    Column {
        header: "GROUP",
        value: |gate| gate.group.clone(),
    },
    Column {
        header: "NETWORK ZONE",
        value: |gate| gate.network_zone.clone(),
    },
    Column {
        header: "TOKENS",
        value: |gate| gate.active_gate_tokens.as_deref().map(token_uses),
    },
    Column {
        header: "OFFLINE SINCE",
        value: |gate| text(gate.offline_since.as_ref()),
    },
];

pub(crate) const ACTIVE_GATE_TOKEN_ENFORCEMENT: &[Column<ActiveGateTokenEnforcement>] = &[
    Column {
        header: "AUTO ENFORCED",
        value: |it| text(it.auto_enforced.as_ref()),
    },
    Column {
        header: "MANUAL ENFORCED",
        value: |it| text(it.manual_enforced.as_ref()),
    },
    Column {
        header: "AUTO ENFORCED IN",
        value: |it| it.auto_enforcement_estimation.as_ref().map(time_span),
    },
];

pub(crate) const UPDATE_JOB: &[Column<UpdateJob>] = &[
    Column {
        header: "ID",
        value: |job| text(job.job_id.as_ref()),
    },
    Column {
        header: "STATE",
        value: |job| text(job.job_state.as_ref()),
    },
    Column {
        header: "TYPE",
        value: |job| text(job.update_type.as_ref()),
    },
    Column {
        header: "FROM",
        value: |job| text(job.start_version.as_ref()),
    },
    Column {
        header: "TO",
        value: |job| text(job.target_version.as_ref()),
    },
    Column {
        header: "CANCELABLE",
        value: |job| text(job.cancelable.as_ref()),
    },
    Column {
        header: "ENDED",
        value: |job| text(job.timestamp.as_ref()),
    },
    Column {
        header: "ERROR",
        value: |job| job.error.clone(),
    },
];

/// Formats a length of time with its unit.
fn time_span(span: &TimeSpan) -> String {
    let unit = span.unit.clone().unwrap_or(TimeUnit::Millis);
    format!("{} {unit}", span.value)
}

/// Formats the tokens of an ActiveGate with their states.
fn token_uses(tokens: &[ActiveGateTokenUse]) -> String {
    let tokens = tokens.iter().map(|token| {
        let parts = [text(token.id.as_ref()), text(token.state.as_ref())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    tokens.collect::<Vec<_>>().join(", ")
}

impl Record for ActiveGateTokenCreated {
    const COLUMNS: &'static [Column<Self>] = &[
        Column {
            header: "ID",
            value: |created| Some(created.id.to_string()),
        },
        Column {
            header: "TOKEN",
            value: |created| Some(created.token.expose().to_owned()),
        },
        Column {
            header: "EXPIRES",
            value: |created| lenient_time(&created.expiration_date),
        },
    ];
}

/// Formats a value as it is.
pub(crate) fn text(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
}

/// Formats a time; year 1, which means "never", is an empty cell. It is not for times in milliseconds, which have no such value.
pub(crate) fn time(value: Option<&Timestamp>) -> Option<String> {
    value
        .filter(|time| !time.is_unset())
        .map(ToString::to_string)
}

/// Formats a time that may be unreadable.
pub(crate) fn lenient_time(value: &Lenient<Timestamp>) -> Option<String> {
    match value.value() {
        Ok(date) => time(date),
        Err(unreadable) => Some(format!("{unreadable:?} (unreadable)")),
    }
}

/// Formats labels as they are given on the command line.
pub(crate) fn labels(labels: Option<&BTreeMap<String, String>>) -> Option<String> {
    labels.map(|labels| {
        labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect::<Vec<_>>()
            .join(",")
    })
}
