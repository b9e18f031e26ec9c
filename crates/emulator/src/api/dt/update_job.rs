//! The operations on update jobs.

use std::time::Duration;

use gatelet_models::Timestamp;
use gatelet_models::dt::{
    ActiveGate, Expiration, ParameterLocation, UpdateJob, UpdateJobCreate, UpdateJobList,
    UpdateJobsAll, UpdateJobsOfGate, UpdateType,
};

use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::job::{Job, jobs};
use crate::api::dt::release_filter::{is_release, release};
use crate::api::dt::shown_gate;
use crate::api::dt::table::UPDATE_JOBS;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::random;
use crate::store::encoded::{Encoded, List};

/// The longest time span of a list.
const LONGEST_SPAN: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// Members that Dynatrace sends as `null` when they have no value.
const NULLS: &[&str] = &[
    "updateMethod",
    "updateType",
    "timestamp",
    "duration",
    "error",
];

impl List for UpdateJobsAll {
    type Item = UpdateJobsOfGate;
    const MEMBER: &'static str = "allUpdateJobs";
}

impl List for UpdateJobsOfGate {
    type Item = UpdateJob;
    const MEMBER: &'static str = "updateJobs";
}

impl List for UpdateJobList {
    type Item = UpdateJob;
    const MEMBER: &'static str = "updateJobs";
}

/// Which jobs a request asks for. Not documented: the time span applies to when a job was created.
struct Filter {
    from: Timestamp,
    to: Timestamp,
    update_type: Option<String>,
    only_last: bool,
    versions: Vec<VersionFilter>,
}

/// Whether a version of a job passes.
type VersionFilter = Box<dyn Fn(&UpdateJob) -> bool>;

impl Filter {
    fn of(call: &ServerCall<'_>, default_from: &str) -> Result<Self, ErrorResponse> {
        let now = call.state.now();
        let from = instant(
            "from",
            call.query("from").as_deref().unwrap_or(default_from),
            now,
        )?;
        let to = instant("to", call.query("to").as_deref().unwrap_or("now"), now)?;
        let violation = |message| {
            Err(ErrorResponse::violation(
                ParameterLocation::Query,
                "from",
                message,
            ))
        };
        if from > to {
            return violation("must not be after to");
        }
        if to.saturating_duration_since(from) > LONGEST_SPAN {
            return violation("must be at most 31 days before to");
        }
        let mut versions: Vec<VersionFilter> = Vec::new();
        if let Some(accepts) = release(call, "startVersion", "startVersionCompareType")? {
            versions.push(Box::new(move |job| {
                is_release(job.start_version.as_ref(), &accepts)
            }));
        }
        if let Some(accepts) = release(call, "targetVersion", "targetVersionCompareType")? {
            versions.push(Box::new(move |job| {
                is_release(job.target_version.as_ref(), &accepts)
            }));
        }
        Ok(Self {
            from,
            to,
            update_type: call.word("updateType", UpdateType::KNOWN)?,
            only_last: call.flag("lastUpdates")?.unwrap_or(false),
            versions,
        })
    }

    /// Returns those of an ActiveGate's jobs, the newest first, that pass.
    fn apply(&self, jobs: Vec<Job>) -> Vec<UpdateJob> {
        let jobs = jobs.into_iter().filter(|job| self.matches(job));
        let mut passed: Vec<UpdateJob> = Vec::new();
        for job in jobs.map(|job| job.now) {
            let is_later = passed
                .iter()
                .any(|later| later.update_type == job.update_type);
            if !(self.only_last && is_later) {
                passed.push(job);
            }
        }
        passed
    }

    fn matches(&self, job: &Job) -> bool {
        let of_type = self.update_type.as_deref();
        let job_type = job.now.update_type.as_ref().map(UpdateType::as_str);
        (self.from..=self.to).contains(&job.created)
            && (of_type.is_none() || of_type == job_type)
            && self.versions.iter().all(|accepts| accepts(&job.now))
    }
}

fn instant(name: &'static str, text: &str, now: Timestamp) -> Result<Timestamp, ErrorResponse> {
    let parsed = text.parse::<Expiration>().ok();
    let instant = parsed.filter(|_| Expiration::is_api_form(text));
    let instant = instant.and_then(|it| it.instant(now));
    instant.ok_or_else(|| {
        let message = "must be milliseconds, a date and time, or a time such as now-1d";
        ErrorResponse::violation(ParameterLocation::Query, name, message)
    })
}

pub(crate) fn list_all(call: &ServerCall<'_>) -> Result<Encoded<UpdateJobsAll>, ErrorResponse> {
    let filter = Filter::of(call, "now-1d")?;
    let now = call.state.now();
    let all = call.state.store().read(|transaction| {
        let mut all = Vec::new();
        for id in shown_gate::ids(transaction)? {
            let jobs = filter.apply(jobs(transaction, &id, now)?);
            if !jobs.is_empty() {
                all.push(of_gate(&id, &jobs)?);
            }
        }
        Ok::<_, Error>(all)
    })?;
    Ok(Encoded::list(&[], all.iter())?)
}

pub(crate) fn list(
    call: &ServerCall<'_>,
    gate: &str,
) -> Result<Encoded<UpdateJobList>, ErrorResponse> {
    let filter = Filter::of(call, "now-1w")?;
    find_gate(call, gate)?;
    let now = call.state.now();
    let jobs = call
        .state
        .store()
        .read(|transaction| jobs(transaction, gate, now))?;
    Ok(of_gate(gate, &filter.apply(jobs))?)
}

/// Encodes the jobs of an ActiveGate, with nulls in them.
fn of_gate<L>(gate: &str, jobs: &[UpdateJob]) -> Result<Encoded<L>, Error>
where
    L: List<Item = UpdateJob>,
{
    let jobs = jobs.iter().map(|job| Encoded::with_nulls(job, NULLS));
    let jobs = jobs.collect::<Result<Vec<_>, Error>>()?;
    Encoded::list(&[("agId", gate.into())], jobs.iter())
}

pub(crate) fn get(
    call: &ServerCall<'_>,
    gate: &str,
    id: &str,
) -> Result<Encoded<UpdateJob>, ErrorResponse> {
    let store = call.state.store();
    let stored = store.read(|transaction| UPDATE_JOBS.get(transaction, gate, id))?;
    let stored = stored.ok_or_else(ErrorResponse::not_found)?.decode()?;
    let job = Job::at(stored, call.state.now());
    Ok(Encoded::with_nulls(&job.now, NULLS)?)
}

pub(crate) fn create(
    call: &ServerCall<'_>,
    gate: &str,
    request: &UpdateJobCreate,
) -> Result<Encoded<UpdateJob>, ErrorResponse> {
    let found = check(call, gate, request)?;
    let now = call.state.now();
    let mut stored = UpdateJob::new()
        .with_target_version(&request.target_version)
        .with_timestamp(now);
    stored.start_version = found.version;
    stored.ag_type = found.kind;
    stored.environments = found.environments;
    let stored = call.state.store().write(|transaction| {
        loop {
            let id = i64::from_le_bytes(random::bytes()?).to_string();
            let stored = stored.clone().with_job_id(&id);
            if UPDATE_JOBS.insert(transaction, gate, &id, &Encoded::new(&stored)?)? {
                return Ok::<_, Error>(stored);
            }
        }
    })?;
    Ok(Encoded::with_nulls(&Job::at(stored, now).now, NULLS)?)
}

pub(crate) fn validate(
    call: &ServerCall<'_>,
    gate: &str,
    request: &UpdateJobCreate,
) -> Result<(), ErrorResponse> {
    check(call, gate, request).map(|_| ())
}

/// Checks a new job; returns its ActiveGate.
fn check(
    call: &ServerCall<'_>,
    gate: &str,
    request: &UpdateJobCreate,
) -> Result<ActiveGate, ErrorResponse> {
    let found = find_gate(call, gate)?;
    if request.target_version.is_valid() {
        return Ok(found);
    }
    let message = "must be latest or a whole version, such as 1.198.0.20200630-163221";
    let place = ParameterLocation::PayloadBody;
    Err(ErrorResponse::violation(place, "targetVersion", message))
}

fn find_gate(call: &ServerCall<'_>, gate: &str) -> Result<ActiveGate, ErrorResponse> {
    let now = call.state.now();
    let store = call.state.store();
    let found = store.read(|transaction| shown_gate::find(transaction, gate, now))?;
    Ok(found.ok_or_else(ErrorResponse::not_found)?.gate)
}

pub(crate) fn delete(call: &ServerCall<'_>, gate: &str, id: &str) -> Result<(), ErrorResponse> {
    let now = call.state.now();
    call.state.store().remove(|transaction| {
        let stored = UPDATE_JOBS.get_for_update(transaction, gate, id)?;
        let stored = stored.ok_or_else(ErrorResponse::not_found)?.decode()?;
        if Job::at(stored, now).now.cancelable != Some(true) {
            let message = "cannot be canceled any more";
            let place = ParameterLocation::Path;
            return Err(ErrorResponse::violation(place, "jobId", message));
        }
        UPDATE_JOBS.remove(transaction, gate, id)?;
        Ok(())
    })
}
