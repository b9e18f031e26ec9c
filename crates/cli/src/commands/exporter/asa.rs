//! The metrics of Okta ASA.

use asa_client::{Client, KeyEnd};
use gatelet_models::Lenient;
use gatelet_models::asa::Gateway;

use crate::commands::exporter::reading::{LARGEST_LIST, seconds, too_long};
use crate::commands::exporter::sample::{Metric, Samples, count, flag};
use crate::error::error::CliError;
use crate::error::exit::Exit;

/// What is read, as in the label `read`.
pub(crate) const READS: [&str; 2] = ["gateways", "key"];

static GATEWAYS: Metric = Metric {
    name: "gatelet_asa_gateways",
    help: "Number of gateways.",
};
static REFUSES_CONNECTIONS: Metric = Metric {
    name: "gatelet_asa_gateway_refuse_connections",
    help: "Whether a gateway refuses new connections.",
};
static LAST_SEEN: Metric = Metric {
    name: "gatelet_asa_gateway_last_seen_timestamp_seconds",
    help: "When the service last heard from a gateway, in Unix time. Only Okta Privileged Access says it.",
};
static KEY_EXPIRY: Metric = Metric {
    name: "gatelet_asa_key_expiry_timestamp_seconds",
    help: "When the key ends that gatelet logs in with, in Unix time. One that never ends has no value.",
};

/// Reads the gateways and the end of the key, and adds the metrics of what could be read; returns the results in the order of [`READS`].
pub(crate) async fn read(client: &Client, samples: &mut Samples) -> Vec<Result<(), CliError>> {
    // The first call logs in, for both.
    let gateways = read_gateways(client).await;
    let key_end = client.key_end().await.map_err(CliError::from);
    vec![
        gateways.map(|gateways| add_gateways(&gateways, samples)),
        key_end.and_then(|end| add_key_end(end, samples)),
    ]
}

async fn read_gateways(client: &Client) -> Result<Vec<Gateway>, CliError> {
    let mut items = client.gateways().list().items();
    let mut gateways = Vec::new();
    while let Some(gateway) = items.try_next().await? {
        if gateways.len() == LARGEST_LIST {
            return Err(too_long("gateways"));
        }
        gateways.push(gateway);
    }
    Ok(gateways)
}

fn add_gateways(gateways: &[Gateway], samples: &mut Samples) {
    for gateway in gateways {
        let labels = [("id", gateway.id.as_str()), ("name", &*gateway.name)];
        let refuses = flag(gateway.refuse_connections);
        samples.add(&REFUSES_CONNECTIONS, &labels, refuses);
        match &gateway.last_seen {
            Lenient::Value(seen) if !seen.is_unset() => {
                samples.add(&LAST_SEEN, &labels, seconds(*seen));
            }
            _ => {}
        }
    }
    samples.add(&GATEWAYS, &[], count(gateways.len()));
}

fn add_key_end(end: KeyEnd, samples: &mut Samples) -> Result<(), CliError> {
    match end {
        KeyEnd::At(end) => samples.add(&KEY_EXPIRY, &[], seconds(end)),
        KeyEnd::Unreadable => {
            return Err(CliError::new(
                Exit::Rejected,
                "the end of the key in use is no date",
            ));
        }
        // The service says nothing of an end.
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use gatelet_models::Timestamp;

    use super::*;
    use crate::commands::exporter::text_format::testing::values;

    #[test]
    fn a_gateway_was_last_seen_at_a_time_only_if_the_service_says_it() {
        let silent = Gateway::new("1", "a", false);
        let mut seen = Gateway::new("2", "b", true);
        seen.last_seen = Lenient::Value(Timestamp::from_unix_millis(1_700_000_000_000));
        assert_eq!(
            values(|samples| add_gateways(&[silent, seen], samples)),
            [
                "gatelet_asa_gateway_last_seen_timestamp_seconds{id=\"2\",name=\"b\"} 1700000000",
                "gatelet_asa_gateway_refuse_connections{id=\"1\",name=\"a\"} 0",
                "gatelet_asa_gateway_refuse_connections{id=\"2\",name=\"b\"} 1",
                "gatelet_asa_gateways 2",
            ]
        );
    }

    #[test]
    fn a_key_without_an_end_has_no_value_and_an_unreadable_end_is_a_failure() {
        let end = Timestamp::from_unix_millis(1_798_761_600_000);
        let at = values(|samples| add_key_end(KeyEnd::At(end), samples).unwrap());
        assert_eq!(at, ["gatelet_asa_key_expiry_timestamp_seconds 1798761600"]);
        let never = values(|samples| add_key_end(KeyEnd::Never, samples).unwrap());
        assert_eq!(never, [""; 0]);
        values(|samples| _ = add_key_end(KeyEnd::Unreadable, samples).unwrap_err());
    }
}
