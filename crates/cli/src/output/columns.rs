//! The table columns that are chosen by hand, as the description says (`x-own-columns`). Other models have one for each member that
//! fits into a cell.

use std::collections::BTreeMap;

use gatelet_models::asa::{
    AdminGroup, AgentToken, EnrollmentToken, Gateway, GatewaySetupToken, GatewayStatusReport,
    Project, ResourceGroup, ServiceUser, ServiceUserKey,
};
use gatelet_models::dt::{
    ActiveGate, ActiveGateToken, ActiveGateTokenCreated, ActiveGateTokenEnforcement,
    ActiveGateTokenUse, TimeSpan, TimeUnit, UpdateJob,
};

use crate::output::record::{Column, Record};

pub(crate) const GATEWAY: &[Column<Gateway>] = &[
    Column::text("ID", |gateway| Some(gateway.id.to_string())),
    Column::text("NAME", |gateway| Some(gateway.name.clone())),
    Column::text("REFUSES", |gateway| {
        Some(gateway.refuse_connections.to_string())
    }),
    Column::text("ADDRESS", |gateway| {
        gateway
            .access_address
            .clone()
            .or_else(|| gateway.default_address.clone())
    }),
    Column::text("LABELS", |gateway| labels(gateway.labels.as_ref())),
    Column::wide(Column::text("DESCRIPTION", |gateway| {
        gateway.description.clone()
    })),
];

pub(crate) const GATEWAY_STATUS_REPORT: &[Column<GatewayStatusReport>] = &[
    Column::text("GATEWAY", |report| text(report.gateway_id.as_ref())),
    Column::state("STATUS", |report| text(report.status.as_ref())),
    Column::text("CONNECTIONS", |report| {
        text(report.active_connections.as_ref())
    }),
    Column::text("USED BYTES", |report| {
        text(report.used_storage_bytes.as_ref())
    }),
    Column::text("TOTAL BYTES", |report| {
        text(report.total_storage_bytes.as_ref())
    }),
    Column::lenient_time("UPDATED", |report| &report.updated_at),
];

pub(crate) const SERVICE_USER_KEY: &[Column<ServiceUserKey>] = &[
    Column::text("ID", |key| Some(key.id.to_string())),
    Column::lenient_time("ISSUED", |key| &key.issued_at),
    Column::lenient_time("LAST USED", |key| &key.last_used),
    Column::lenient_end("ENDS", |key| &key.expires_at),
];

pub(crate) const SERVICE_USER: &[Column<ServiceUser>] = &[
    Column::text("NAME", |user| Some(user.name.clone())),
    Column::state("STATUS", |user| Some(user.status.to_string())),
    Column::text("ID", |user| Some(user.id.to_string())),
    Column::wide(Column::lenient_time("DELETED", |user| &user.deleted_at)),
];

pub(crate) const GATEWAY_SETUP_TOKEN: &[Column<GatewaySetupToken>] = &[
    Column::text("ID", |token| Some(token.id.to_string())),
    Column::wide(Column::text("TYPE", |token| {
        Some(token.registration_type.to_string())
    })),
    Column::text("LABELS", |token| {
        labels(
            token
                .details
                .as_ref()
                .and_then(|details| details.labels.as_ref()),
        )
    }),
    Column::lenient_time("CREATED", |token| &token.created_at),
    Column::text("DESCRIPTION", |token| token.description.clone()),
];

pub(crate) const ENROLLMENT_TOKEN: &[Column<EnrollmentToken>] = &[
    Column::text("ID", |token| Some(token.id.to_string())),
    Column::wide(Column::text("TOKEN", |token| {
        token.token.as_ref().map(|it| it.expose().to_owned())
    })),
    Column::text("CREATED BY", |token| token.created_by_user.clone()),
    Column::lenient_time("ISSUED", |token| &token.issued_at),
    Column::text("DESCRIPTION", |token| token.description.clone()),
];

pub(crate) const PROJECT: &[Column<Project>] = &[
    // Commands take the name of a project of Advanced Server Access, and the id of one in a resource group.
    Column::named_by(
        |project| {
            let group = project.resource_group_id.as_ref();
            group.map(|_| project.id.to_string())
        },
        Column::text("NAME", |project| Some(project.name.to_string())),
    ),
    Column::text("ID", |project| Some(project.id.to_string())),
    Column::text("GATEWAY SELECTOR", |project| {
        project.gateway_selector.clone()
    }),
    Column::text("FORWARDS", |project| text(project.forward_traffic.as_ref())),
    Column::wide(Column::text("RESOURCE GROUP", |project| {
        text(project.resource_group_id.as_ref())
    })),
    Column::wide(Column::lenient_time("DELETED", |project| {
        &project.deleted_at
    })),
];

pub(crate) const RESOURCE_GROUP: &[Column<ResourceGroup>] = &[
    Column::text("ID", |group| Some(group.id.to_string())),
    Column::text("NAME", |group| Some(group.name.clone())),
    Column::text("DESCRIPTION", |group| group.description.clone()),
    Column::wide(Column::text("TEAM ID", |group| group.team_id.clone())),
    Column::wide(Column::text("ADMINS", |group| {
        group.delegated_resource_admin_groups.as_deref().map(admins)
    })),
];

impl Record for AgentToken {
    const COLUMNS: &'static [Column<Self>] = &[Column::secret("", |agent| {
        agent.token.as_ref().map(|token| token.expose().to_owned())
    })];
}

pub(crate) const ACTIVE_GATE_TOKEN: &[Column<ActiveGateToken>] = &[
    Column::text("ID", |token| Some(token.id.to_string())),
    Column::text("NAME", |token| token.name.clone()),
    Column::wide(Column::text("SEED", |token| {
        text(token.seed_token.as_ref())
    })),
    Column::wide(Column::text("OWNER", |token| token.owner.clone())),
    Column::wide(Column::time("CREATED", |token| Some(token.creation_date))),
    Column::end("EXPIRES", |token| token.expiration_date),
    Column::time("LAST USED", |token| token.last_used_date),
    Column::text("TYPE", |token| text(token.active_gate_type.as_ref())),
];

pub(crate) const ACTIVE_GATE: &[Column<ActiveGate>] = &[
    Column::text("ID", |gate| text(gate.id.as_ref())),
    Column::text("HOSTNAME", |gate| gate.hostname.clone()),
    Column::wide(Column::text("TYPE", |gate| text(gate.kind.as_ref()))),
    Column::text("VERSION", |gate| text(gate.version.as_ref())),
    Column::state("UPDATE", |gate| text(gate.auto_update_status.as_ref())),
    Column::wide(Column::text("GROUP", |gate| gate.group.clone())),
    Column::wide(Column::text("NETWORK ZONE", |gate| {
        gate.network_zone.clone()
    })),
    Column::text("TOKENS", |gate| {
        gate.active_gate_tokens.as_deref().map(token_uses)
    }),
    Column::millis("OFFLINE SINCE", |gate| gate.offline_since),
];

pub(crate) const ACTIVE_GATE_TOKEN_ENFORCEMENT: &[Column<ActiveGateTokenEnforcement>] = &[
    Column::text("AUTO ENFORCED", |it| text(it.auto_enforced.as_ref())),
    Column::text("MANUAL ENFORCED", |it| text(it.manual_enforced.as_ref())),
    Column::text("AUTO ENFORCED IN", |it| {
        it.auto_enforcement_estimation.as_ref().map(time_span)
    }),
];

pub(crate) const UPDATE_JOB: &[Column<UpdateJob>] = &[
    Column::text("ID", |job| text(job.job_id.as_ref())),
    Column::state("STATE", |job| text(job.job_state.as_ref())),
    Column::wide(Column::text("TYPE", |job| text(job.update_type.as_ref()))),
    Column::text("FROM", |job| text(job.start_version.as_ref())),
    Column::text("TO", |job| text(job.target_version.as_ref())),
    Column::wide(Column::text("CANCELABLE", |job| {
        text(job.cancelable.as_ref())
    })),
    Column::millis("ENDED", |job| job.timestamp),
    Column::text("ERROR", |job| job.error.clone()),
];

/// Formats the groups that administer a resource group, by their names; those that no longer exist are marked.
fn admins(groups: &[AdminGroup]) -> String {
    let groups = groups.iter().map(|group| {
        let name = group.name.as_ref().or(group.id.as_ref());
        let name = name.map_or("?", String::as_str);
        match group.missing {
            Some(true) => format!("{name} (missing)"),
            _ => name.to_owned(),
        }
    });
    groups.collect::<Vec<_>>().join(", ")
}

/// Formats a length of time with its unit.
fn time_span(span: &TimeSpan) -> String {
    let unit = span.unit.clone().unwrap_or(TimeUnit::Millis);
    format!("{} {unit}", span.value)
}

/// Formats the tokens of an ActiveGate with their states. An empty list, unlike an absent one, says that it has none.
fn token_uses(tokens: &[ActiveGateTokenUse]) -> String {
    if tokens.is_empty() {
        return "none".to_owned();
    }
    let tokens = tokens.iter().map(|token| {
        let parts = [text(token.id.as_ref()), text(token.state.as_ref())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    tokens.collect::<Vec<_>>().join(", ")
}

impl Record for ActiveGateTokenCreated {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("ID", |created| Some(created.id.to_string())),
        Column::secret("TOKEN", |created| Some(created.token.expose().to_owned())),
        Column::lenient_end("EXPIRES", |created| &created.expiration_date),
    ];
}

/// Formats a value as it is.
pub(crate) fn text(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
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
