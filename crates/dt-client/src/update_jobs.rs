//! What the description cannot say about update jobs.

use std::time::Duration;

use gatelet_models::Timestamp;
use gatelet_models::dt::{Expiration, ExpirationError};
use gatelet_transport::{Channel, Clock as _, Error};

use crate::check;
use crate::generated::update_jobs::{GetAllUpdateJobListQuery, GetUpdateJobListByAgIdQuery};

/// The longest time span of a list, as documented.
const LONGEST_SPAN: Duration = Duration::from_secs(31 * 24 * 60 * 60);

impl GetAllUpdateJobListQuery {
    pub(crate) fn check(&self, channel: &Channel) -> Result<(), Error> {
        check_span(channel, self.from.as_deref(), self.to.as_deref(), "now-1d")?;
        check::release("startVersion", self.start_version.as_ref())?;
        check::release("targetVersion", self.target_version.as_ref())
    }
}

impl GetUpdateJobListByAgIdQuery {
    pub(crate) fn check(&self, channel: &Channel) -> Result<(), Error> {
        check_span(channel, self.from.as_deref(), self.to.as_deref(), "now-1w")?;
        check::release("startVersion", self.start_version.as_ref())?;
        check::release("targetVersion", self.target_version.as_ref())
    }
}

/// Refuses a time span that the server would refuse or misread.
fn check_span(
    channel: &Channel,
    from: Option<&str>,
    to: Option<&str>,
    default_from: &str,
) -> Result<(), Error> {
    if from.is_none() && to.is_none() {
        return Ok(());
    }
    let now = channel.clock().now().into();
    let start = instant("from", from.unwrap_or(default_from), now)?;
    let end = instant("to", to.unwrap_or("now"), now)?;
    if start > end {
        return Err(match from {
            Some(_) => Error::invalid_input("from", "must not be after the end"),
            None => {
                let problem = format!(
                    "must not be before the start, which is {default_from} unless it is set"
                );
                Error::invalid_input("to", problem)
            }
        });
    }
    match end.saturating_duration_since(start) > LONGEST_SPAN {
        true => Err(Error::invalid_input(
            "from",
            "must be at most 31 days before the end",
        )),
        false => Ok(()),
    }
}

fn instant(parameter: &'static str, text: &str, now: Timestamp) -> Result<Timestamp, Error> {
    let refuse = |problem: &str| Error::invalid_input(parameter, problem);
    let time: Expiration = text.parse().map_err(|problem| match problem {
        ExpirationError::TimeMissing => refuse(&problem.to_string()),
        _ => refuse(FORM),
    })?;
    let is_api_form = Expiration::is_api_form(text);
    time.instant(now)
        .filter(|_| is_api_form)
        .ok_or_else(|| refuse(FORM))
}

/// What a time must be.
const FORM: &str = "must be UTC milliseconds, a date and time such as 2027-01-31T10:00:00Z, or a relative time such as now-14d";
