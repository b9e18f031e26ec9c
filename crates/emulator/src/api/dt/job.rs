//! An update job as it is now. Time moves it on: it is pending for a minute, runs for four, and succeeds, or fails
//! if an error is stored; nothing is written then.

use std::time::Duration;

use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGateVersion, UpdateJob, UpdateJobState, UpdateMethod, UpdateType};
use redb::ReadTransaction;

use crate::api::dt::table::UPDATE_JOBS;
use crate::error::Error;
use crate::store::table::Order;

/// How long a job can be canceled.
const PENDING: Duration = Duration::from_secs(60);

/// How long a job runs after that.
const RUNNING: Duration = Duration::from_secs(4 * 60);

/// How long after its creation a job has ended.
const ENDED_AFTER: Duration = PENDING.saturating_add(RUNNING);

/// What `latest` is.
const LATEST: &str = "1.344.20.20261005-090000";

/// A job as it is now, and when it was created. In the store, that is its timestamp.
pub(crate) struct Job {
    pub(crate) created: Timestamp,
    pub(crate) now: UpdateJob,
}

impl Job {
    pub(crate) fn at(mut stored: UpdateJob, now: Timestamp) -> Self {
        let created = stored.timestamp.take().unwrap_or(now);
        let error = stored.error.take();
        let age = now.saturating_duration_since(created);
        let is_pending = age < PENDING;
        let has_ended = age >= ENDED_AFTER;
        stored.cancelable = Some(is_pending);
        stored.job_state = Some(match (is_pending, has_ended) {
            (true, _) => UpdateJobState::Pending,
            (_, false) => UpdateJobState::InProgress,
            (_, true) if error.is_some() => UpdateJobState::Failed,
            (_, true) => UpdateJobState::Succeed,
        });
        if !is_pending {
            stored.update_method = Some(UpdateMethod::OnDemand);
            stored.update_type = Some(UpdateType::ActiveGate);
        }
        if has_ended {
            stored.timestamp = Some(created.saturating_add(ENDED_AFTER));
            stored.duration = u64::try_from(RUNNING.as_millis()).ok();
            stored.error = error;
        }
        Self {
            created,
            now: stored,
        }
    }
}

/// Returns the jobs of an ActiveGate, the newest first.
pub(crate) fn jobs(
    transaction: &ReadTransaction,
    gate: &str,
    now: Timestamp,
) -> Result<Vec<Job>, Error> {
    let order = Order::NewestFirst;
    let rows = UPDATE_JOBS.page(transaction, gate, order, None, usize::MAX, |_| true)?;
    let jobs = rows
        .into_iter()
        .map(|row| Ok(Job::at(row.json.decode()?, now)));
    jobs.collect()
}

/// Returns the version that an ActiveGate has after its updates, if it had one.
pub(crate) fn updated_version(
    transaction: &ReadTransaction,
    gate: &str,
    now: Timestamp,
) -> Result<Option<ActiveGateVersion>, Error> {
    let jobs = jobs(transaction, gate, now)?.into_iter();
    let mut ended = jobs.filter(|job| job.now.job_state == Some(UpdateJobState::Succeed));
    let version = ended.next().and_then(|job| job.now.target_version);
    Ok(version.map(|version| match version.is_latest() {
        true => LATEST.into(),
        false => version,
    }))
}
