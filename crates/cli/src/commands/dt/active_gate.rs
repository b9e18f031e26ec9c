//! What the description cannot say about `gatelet dt active-gate`.

use clap::Command;
use dt_client::{ActiveGates, Client, Finding};
use gatelet_hyper::TokioClock;
use gatelet_models::dt::ActiveGate;
use gatelet_transport::Clock as _;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::commands::dt::lists;
use crate::commands::watch::{Interval, Watched};
use crate::error::error::CliError;
use crate::options::built_command::BuiltCommand as _;
use crate::options::typed_time::TypedTime;
use crate::output::columns::text;
use crate::output::list::write_items;
use crate::output::output::Output;
use crate::output::record::{Column, Record};
use crate::output::stdout::Stdout;

const ATTENTION: &str = "\
Reports tokens that end within the time, or are unknown, invalid, absent or not supported; ActiveGates that are offline, or do not say
which tokens they have; versions that are outdated or do not fit the environment, and updates that failed. An update that is scheduled,
pending or running is not reported, nor is an ActiveGate that has been offline for more than two hours.

The list of ActiveGates is deprecated on SaaS since version 1.343, and current on Managed.

Needs the scopes activeGates.read and activeGateTokenManagement.read; a platform token and an OAuth client need
fleet-management:activegates:read and fleet-management:activegate.tokens:read.";

const WATCH: &str = "\
Reads the list at each interval, and prints ActiveGates that were added, removed or changed since the last reading that succeeded. One that loses
its connection first has a date in `offlineSince`, and is removed from the list after two hours. The number of connected hosts is not
compared. A reading that fails is warned of on stderr, and the next one is made as usual. With `-o json`, each change is an object on a
line. It ends by Ctrl-C, with the exit code 130.

The list of ActiveGates is deprecated on SaaS since version 1.343, and current on Managed.

Needs the scope activeGates.read; a platform token and an OAuth client need fleet-management:activegates:read.";

const TOKEN_ENFORCEMENT: &str = "\
Read whether ActiveGates need a valid token to connect

A platform token and an OAuth client need fleet-management:activegates:read; environment-api:activegates:read does not allow it.";

/// What the rows do not show.
const NOT_SHOWN: &str = "an ActiveGate that has been offline for more than 2 hours is not shown";

/// Sets the texts of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .with_subcommand("watch", |watch| watch.after_help(WATCH))
        .with_subcommand("attention", |attention| attention.after_help(ATTENTION))
        .with_subcommand("token-enforcement", |read| {
            read.long_about(TOKEN_ENFORCEMENT)
        })
}

/// Watches the ActiveGates of the environment.
#[derive(Debug, clap::Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    interval: Interval,
}

impl Watch {
    /// Prints a row for each change until it is stopped.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let gates = client.active_gates();
        let watched = Watched {
            things: "ActiveGates",
            id: |gate: &ActiveGate| text(gate.id.as_ref()),
            name: |gate| gate.hostname.clone(),
            complete: |_, now| now,
            changes: ActiveGates::changes,
        };
        let read = async || Ok(gates.list().send().await?.active_gates);
        let clock = TokioClock::new();
        watched.watch(self.interval, &clock, output, read).await
    }
}

/// Lists findings.
#[derive(Debug, clap::Args)]
pub(crate) struct Attention {
    /// Report tokens that end within this time, or before it: 60d, 2w, 2027-01-31 (its start) or 2027-01-31T12:00Z; UTC without an offset
    #[arg(long, value_name = "TIME", default_value = "30d")]
    within: TypedTime,
}

impl Attention {
    /// Prints one row for each finding.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let now = TokioClock::new().now().into();
        let within = self.within.time_until("--within", now)?;
        let found = client.active_gates().attention(within).await;
        let found = found.map_err(lists::to_cli_error)?;
        write_items(found.into_iter().map(Row).collect(), output)?;
        output.log().print(NOT_SHOWN);
        Ok(())
    }
}

/// A finding as it is printed.
#[derive(Debug)]
struct Row(Finding);

/// Names of our own, since the API has no such object; members without a value are left out.
impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(finding) = self;
        let mut members = serializer.serialize_map(None)?;
        if let Some(id) = &finding.active_gate {
            members.serialize_entry("activeGateId", id)?;
        }
        if let Some(hostname) = &finding.hostname {
            members.serialize_entry("hostname", hostname)?;
        }
        members.serialize_entry("reason", &finding.reason.as_str())?;
        if let Some(token) = &finding.token {
            members.serialize_entry("tokenId", token)?;
        }
        if let Some(date) = &finding.date {
            members.serialize_entry("date", date)?;
        }
        members.end()
    }
}

impl Record for Row {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("ACTIVEGATE", |row| text(row.0.active_gate.as_ref())),
        Column::state("REASON", |row| Some(row.0.reason.to_string())),
        Column::text("HOSTNAME", |row| row.0.hostname.clone()),
        Column::text("TOKEN", |row| text(row.0.token.as_ref())),
        Column::millis("DATE", |row| row.0.date),
    ];
}
