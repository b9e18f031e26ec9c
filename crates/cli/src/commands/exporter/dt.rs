//! The metrics of Dynatrace.

use dt_client::Client;
use gatelet_models::dt::{ActiveGate, ActiveGateToken, ActiveGateType};

use crate::commands::exporter::reading::{LARGEST_LIST, seconds, too_long};
use crate::commands::exporter::sample::{Metric, Samples, count, flag};
use crate::error::error::CliError;

/// What is read, as in the label `read`.
pub(crate) const READS: [&str; 2] = ["active_gate_tokens", "active_gates"];

/// The greatest number of tokens on a page.
const LARGEST_PAGE: u32 = 3000;

static TOKENS: Metric = Metric {
    name: "gatelet_dt_active_gate_tokens",
    help: "Number of ActiveGate tokens.",
};
static TOKENS_WITHOUT_EXPIRY: Metric = Metric {
    name: "gatelet_dt_active_gate_tokens_without_expiry",
    help: "Number of ActiveGate tokens that never end.",
};
static TOKEN_EXPIRY: Metric = Metric {
    name: "gatelet_dt_active_gate_token_expiry_timestamp_seconds",
    help: "When an ActiveGate token ends or ended, in Unix time. One that never ends has no value.",
};
static TOKEN_LAST_USED: Metric = Metric {
    name: "gatelet_dt_active_gate_token_last_used_timestamp_seconds",
    help: "When an ActiveGate token was last used, in Unix time. One without a recorded use has no value.",
};
static GATES: Metric = Metric {
    name: "gatelet_dt_active_gates",
    help: "Number of ActiveGates that the API lists: those that are connected, or were in the last two hours.",
};
static GATE_ONLINE: Metric = Metric {
    name: "gatelet_dt_active_gate_online",
    help: "Whether an ActiveGate is connected. One that has been offline for more than two hours has no value.",
};
static GATE_OFFLINE_SINCE: Metric = Metric {
    name: "gatelet_dt_active_gate_offline_since_timestamp_seconds",
    help: "When an ActiveGate lost its connection, in Unix time. One that is connected has no value.",
};

/// Reads the lists, and adds the metrics of each that could be read to its end; returns the results in the order of [`READS`].
pub(crate) async fn read(client: &Client, samples: &mut Samples) -> Vec<Result<(), CliError>> {
    let (tokens, gates) = tokio::join!(read_tokens(client), read_gates(client));
    vec![
        tokens.map(|tokens| add_tokens(&tokens, samples)),
        gates.map(|gates| add_gates(&gates, samples)),
    ]
}

async fn read_tokens(client: &Client) -> Result<Vec<ActiveGateToken>, CliError> {
    let list = client.active_gate_tokens().list();
    let mut items = list.page_size(LARGEST_PAGE).require_complete().items();
    let mut tokens = Vec::new();
    while let Some(token) = items.try_next().await? {
        if tokens.len() == LARGEST_LIST {
            return Err(too_long("ActiveGate tokens"));
        }
        tokens.push(token);
    }
    Ok(tokens)
}

async fn read_gates(client: &Client) -> Result<Vec<ActiveGate>, CliError> {
    let list = client.active_gates().list().send().await?;
    match list.active_gates.len() > LARGEST_LIST {
        true => Err(too_long("ActiveGates")),
        false => Ok(list.active_gates),
    }
}

fn add_tokens(tokens: &[ActiveGateToken], samples: &mut Samples) {
    let mut without_expiry = 0;
    for token in tokens {
        let kind = token.active_gate_type.as_ref();
        let labels = [
            ("id", token.id.as_str()),
            ("name", token.name.as_deref().unwrap_or_default()),
            ("type", kind.map_or("", ActiveGateType::as_str)),
        ];
        // Year 1 means "never".
        match token.expiration_date.filter(|end| !end.is_unset()) {
            Some(end) => samples.add(&TOKEN_EXPIRY, &labels, seconds(end)),
            None => without_expiry += 1,
        }
        if let Some(used) = token.last_used_date.filter(|used| !used.is_unset()) {
            samples.add(&TOKEN_LAST_USED, &labels, seconds(used));
        }
    }
    samples.add(&TOKENS, &[], count(tokens.len()));
    samples.add(&TOKENS_WITHOUT_EXPIRY, &[], count(without_expiry));
}

fn add_gates(gates: &[ActiveGate], samples: &mut Samples) {
    for gate in gates {
        let labels = [
            ("id", gate.id.as_ref().map_or("", |id| id.as_str())),
            ("hostname", gate.hostname.as_deref().unwrap_or_default()),
            ("group", gate.group.as_deref().unwrap_or_default()),
            (
                "network_zone",
                gate.network_zone.as_deref().unwrap_or_default(),
            ),
        ];
        let is_online = gate.offline_since.is_none();
        samples.add(&GATE_ONLINE, &labels, flag(is_online));
        if let Some(since) = gate.offline_since.filter(|since| !since.is_unset()) {
            samples.add(&GATE_OFFLINE_SINCE, &labels, seconds(since));
        }
    }
    samples.add(&GATES, &[], count(gates.len()));
}

#[cfg(test)]
mod tests {
    use gatelet_models::Timestamp;

    use super::*;
    use crate::commands::exporter::text_format::testing::values;

    #[test]
    fn a_token_has_its_end_and_those_that_never_end_are_counted() {
        let at = Timestamp::from_unix_millis;
        let ends = ActiveGateToken::new("dt0g02.A", at(0))
            .with_name("edge \"7\"")
            .with_active_gate_type(ActiveGateType::Cluster)
            .with_expiration_date(at(1_798_761_600_500))
            .with_last_used_date(at(1_700_000_000_000));
        let never = ActiveGateToken::new("dt0g02.B", at(0));
        let unset = ActiveGateToken::new("dt0g02.C", at(0)).with_expiration_date(Timestamp::UNSET);
        let labels = r#"{id="dt0g02.A",name="edge \"7\"",type="CLUSTER"}"#;
        assert_eq!(
            values(|samples| add_tokens(&[ends, never, unset], samples)),
            [
                format!(
                    "gatelet_dt_active_gate_token_expiry_timestamp_seconds{labels} 1798761600.5"
                ),
                format!(
                    "gatelet_dt_active_gate_token_last_used_timestamp_seconds{labels} 1700000000"
                ),
                "gatelet_dt_active_gate_tokens 3".to_owned(),
                "gatelet_dt_active_gate_tokens_without_expiry 2".to_owned(),
            ]
        );
    }

    #[test]
    fn an_active_gate_is_online_unless_it_says_since_when_it_is_not() {
        let online = ActiveGate::new().with_id("-1").with_hostname("a");
        let mut offline = ActiveGate::new().with_id("2").with_hostname("b");
        offline.offline_since = Some(Timestamp::from_unix_millis(1_700_000_000_000));
        let rest = r#"group="",network_zone="""#;
        assert_eq!(
            values(|samples| add_gates(&[online, offline], samples)),
            [
                format!(
                    "gatelet_dt_active_gate_offline_since_timestamp_seconds{{id=\"2\",hostname=\"b\",{rest}}} 1700000000"
                ),
                format!("gatelet_dt_active_gate_online{{id=\"-1\",hostname=\"a\",{rest}}} 1"),
                format!("gatelet_dt_active_gate_online{{id=\"2\",hostname=\"b\",{rest}}} 0"),
                "gatelet_dt_active_gates 2".to_owned(),
            ]
        );
    }
}
