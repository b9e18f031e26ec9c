//! What the description cannot say about `gatelet dt update-job`.

use clap::Command;
use dt_client::Client;
use gatelet_hyper::TokioClock;
use gatelet_models::dt::{
    ActiveGateId, ActiveGateRelease, ActiveGateVersion, UpdateJob, UpdateJobCreate,
    UpdateJobsOfGate, UpdateType, VersionCompareType,
};
use gatelet_transport::Clock as _;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::commands::report;
use crate::error::error::CliError;
use crate::options::typed_time::TypedTime;
use crate::output::columns::text;
use crate::output::list::write_items;
use crate::output::output::Output;
use crate::output::record::{Column, Record};
use crate::output::stdout::Stdout;

/// Sets the texts and aliases of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command.about("Updates of ActiveGates, running and finished")
}

/// Which jobs the lists show.
#[derive(Debug, clap::Args)]
pub(crate) struct Filter {
    /// Start: 2d ago, yesterday or 2027-01-31 (its start), 2027-01-31T12:00Z; UTC without an offset; at most 31 days before the end [default: of all ActiveGates 1d, of one 1w]
    #[arg(long, value_name = "TIME")]
    from: Option<TypedTime>,
    /// End, in the same forms; one before the default of --from needs --from [default: now]
    #[arg(long, value_name = "TIME")]
    to: Option<TypedTime>,
    /// Version before the update, such as 1.195.0
    #[arg(long, value_name = "VERSION")]
    start_version: Option<ActiveGateRelease>,
    /// How the version before the update is compared [default: EQUAL] [known words: EQUAL, GREATER, GREATER_EQUAL, LOWER, LOWER_EQUAL]
    #[arg(long, value_name = "WORD")]
    start_version_compare_type: Option<VersionCompareType>,
    /// Version after the update, such as 1.195.0
    #[arg(long, value_name = "VERSION")]
    target_version: Option<ActiveGateRelease>,
    /// How the version after the update is compared [default: EQUAL] [known words: EQUAL, GREATER, GREATER_EQUAL, LOWER, LOWER_EQUAL]
    #[arg(long, value_name = "WORD")]
    target_version_compare_type: Option<VersionCompareType>,
    /// Component that is updated [known words: ACTIVE_GATE, REMOTE_PLUGIN_AGENT, SYNTHETIC, Z_REMOTE]
    #[arg(long, value_name = "WORD")]
    update_type: Option<UpdateType>,
    /// Only the newest update of each type
    #[arg(long, value_name = "BOOLEAN", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    last_updates: Option<bool>,
}

/// Sets the parameters of a query that a filter names. The queries of the two lists have the same parameters and no type in common.
macro_rules! set_parameters {
    ($filter:expr, $query:ident) => {{
        let filter: Filter = $filter;
        let now = TokioClock::new().now().into();
        if let Some(from) = filter.from {
            $query = $query.from(from.filter(now));
        }
        if let Some(to) = filter.to {
            $query = $query.to(to.filter(now));
        }
        if let Some(version) = filter.start_version {
            $query = $query.start_version(version);
        }
        if let Some(comparison) = filter.start_version_compare_type {
            $query = $query.start_version_compare_type(comparison);
        }
        if let Some(version) = filter.target_version {
            $query = $query.target_version(version);
        }
        if let Some(comparison) = filter.target_version_compare_type {
            $query = $query.target_version_compare_type(comparison);
        }
        if let Some(update_type) = filter.update_type {
            $query = $query.update_type(update_type);
        }
        if let Some(last_updates) = filter.last_updates {
            $query = $query.last_updates(last_updates);
        }
        $query
    }};
}

/// Lists the jobs of all ActiveGates.
#[derive(Debug, clap::Args)]
pub(crate) struct ListAll {
    #[command(flatten)]
    filter: Filter,
}

impl ListAll {
    /// Prints one row for each job, with the id of its ActiveGate.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let all = client.update_jobs().list_all();
        let all = all.query(|mut query| set_parameters!(self.filter, query));
        let gates = all.send().await?.all_update_jobs;
        let unknown = gates.iter().filter(|gate| gate.update_jobs.is_none());
        let unknown: Vec<_> = unknown.map(|gate| gate.ag_id.clone()).collect();
        write_items(gates.into_iter().flat_map(GateJob::of).collect(), output)?;
        let redactor = output.log().secrets().redactor();
        for gate in unknown {
            let gate = text(gate.as_ref()).unwrap_or_default();
            let line = format!("the response does not say which update jobs ActiveGate {gate} has");
            output.log().print(redactor.redact(&line));
        }
        Ok(())
    }
}

/// Lists the jobs of one ActiveGate.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// ID of the ActiveGate, as shown by `active-gate list`
    #[arg(allow_negative_numbers = true)]
    id: ActiveGateId,
    #[command(flatten)]
    filter: Filter,
}

impl List {
    /// Prints one row for each job.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let list = client.update_jobs().list(&self.id);
        let list = list.query(|mut query| set_parameters!(self.filter, query));
        write_items(list.send().await?.update_jobs, output)
    }
}

/// A job with the id of its ActiveGate.
#[derive(Debug)]
struct GateJob {
    gate: Option<ActiveGateId>,
    /// `None` if the response does not say which jobs the ActiveGate has.
    job: Option<UpdateJob>,
}

impl GateJob {
    fn of(gate: UpdateJobsOfGate) -> Vec<Self> {
        let UpdateJobsOfGate {
            ag_id, update_jobs, ..
        } = gate;
        let of_gate = |job| Self {
            gate: ag_id.clone(),
            job,
        };
        match update_jobs {
            Some(jobs) => jobs.into_iter().map(Some).map(of_gate).collect(),
            None => vec![of_gate(None)],
        }
    }

    /// Returns what commands on one job take: the id of the ActiveGate and that of the job.
    fn name(&self) -> Option<String> {
        let gate = self.gate.as_ref()?;
        let job = self.job.as_ref()?.job_id.as_ref()?;
        Some(format!("{gate} {job}"))
    }

    /// Returns the text of a member of the job.
    fn job_text<T: ToString>(&self, member: fn(&UpdateJob) -> Option<&T>) -> Option<String> {
        text(self.job.as_ref().and_then(member))
    }
}

/// The job with the id of its ActiveGate as one more object, as the API groups them.
impl Serialize for GateJob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        if let Some(gate) = &self.gate {
            members.serialize_entry("agId", gate)?;
        }
        if let Some(job) = &self.job {
            members.serialize_entry("updateJob", job)?;
        }
        members.end()
    }
}

impl Record for GateJob {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::named_by(
            // An ActiveGate alone names no job.
            |row| Some(row.name().unwrap_or_default()),
            Column::text("ACTIVEGATE", |row| text(row.gate.as_ref())),
        ),
        Column::text("ID", |row| row.job_text(|job| job.job_id.as_ref())),
        Column::state("STATE", |row| row.job_text(|job| job.job_state.as_ref())),
        Column::text("FROM", |row| row.job_text(|job| job.start_version.as_ref())),
        Column::text("TO", |row| row.job_text(|job| job.target_version.as_ref())),
        Column::millis("ENDED", |row| row.job.as_ref()?.timestamp),
        Column::text("ERROR", |row| row.job_text(|job| job.error.as_ref())),
    ];
}

/// What `create` and `validate` take.
#[derive(Debug, clap::Args)]
pub(crate) struct NewJob {
    /// ID of the ActiveGate, as shown by `active-gate list`
    #[arg(allow_negative_numbers = true)]
    ag_id: ActiveGateId,
    /// Version to update to, such as 1.198.0.20200630-163221, or `latest`
    #[arg(value_name = "VERSION")]
    target_version: ActiveGateVersion,
}

/// Creates an update job.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    #[command(flatten)]
    job: NewJob,
}

impl Create {
    /// Creates the job and prints it.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let NewJob {
            ag_id,
            target_version,
        } = self.job;
        let job = UpdateJobCreate::new(target_version);
        let created = client.update_jobs().create(&ag_id, job).send().await?;
        report::print_changed(
            format_args!("an update job of ActiveGate {ag_id} was created"),
            created,
            output,
        )
    }
}

/// Checks an update job.
#[derive(Debug, clap::Args)]
pub(crate) struct Validate {
    #[command(flatten)]
    job: NewJob,
}

impl Validate {
    /// Checks the job without creating it.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let NewJob {
            ag_id,
            target_version,
        } = self.job;
        let job = UpdateJobCreate::new(&target_version);
        client.update_jobs().validate(&ag_id, job).send().await?;
        let line = format_args!("the update of ActiveGate {ag_id} to {target_version} is valid");
        report::print_done(line, &ag_id, "valid", output)
    }
}
