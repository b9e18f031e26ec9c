//! Writes all gateways of a team as CSV, with the last status report of each.
//!
//!     cargo run -p asa-client --example inventory
//!
//! It runs against the emulator. For your team, build the client with its name and a service user's key, and `.build()?`.

use std::error::Error;
use std::io::{self, Write};

use asa_client::models::Gateway;
use asa_client::{Client, ServiceUser, TokioClock};
use gatelet_emulator::{Emulator, well_known};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::memory()?;
    emulator.seed()?;
    let client = Client::builder(well_known::ASA_TEAM)
        .credentials(ServiceUser::new(
            well_known::ASA_KEY_ID,
            well_known::ASA_KEY_SECRET,
        ))
        .build_with(emulator, TokioClock::new())?;
    inventory(&client, &mut io::stdout().lock()).await
}

/// Writes a row for every gateway.
pub(crate) async fn inventory(
    client: &Client,
    output: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    writeln!(output, "id,name,labels,status,connections,storage used")?;
    let mut gateways = client.gateways().list().items();
    // The next page is prefetched while the reports of this page's gateways are read.
    while let Some(gateway) = gateways.try_next().await? {
        let name = quoted(&gateway.name);
        let labels = quoted(&labels(&gateway));
        write!(output, "{},{name},{labels},", gateway.id)?;
        match client.gateways().status(&gateway.id).send().await {
            Ok(report) => {
                let status = report.status.map(|status| status.to_string());
                let connections = report.active_connections.map(|it| it.to_string());
                let used = report.used_storage_bytes.map(|it| it.to_string());
                writeln!(
                    output,
                    "{},{},{}",
                    status.unwrap_or_default(),
                    connections.unwrap_or_default(),
                    used.unwrap_or_default()
                )?;
            }
            // It has never sent a report, or was deleted meanwhile.
            Err(error) if error.is_not_found() => writeln!(output, ",,")?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Returns the labels as `key=value`, separated by spaces.
fn labels(gateway: &Gateway) -> String {
    let labels = gateway.labels.iter().flatten();
    let labels: Vec<String> = labels
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    labels.join(" ")
}

/// Returns a text as a CSV field.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
