//! The file of a plan to delete tokens.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use dt_client::{PruneCandidate, PrunePlan, PruneReason, PruneRules};
use gatelet_models::Timestamp;
use gatelet_models::dt::ActiveGateTokenId;
use serde::{Deserialize, Serialize};

use crate::error::error::CliError;
use crate::private_file;
use crate::redaction::Redactor;
use crate::settings::settings_file;

/// What a file of a plan says that it is.
const KIND: &str = "gatelet active-gate-token prune plan";

/// The version of the form.
const VERSION: u32 = 1;

/// How long a plan counts.
const LONGEST_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// The least time without use.
pub(crate) const SHORTEST_UNUSED: Duration = Duration::from_secs(24 * 60 * 60);

/// The most that the clock of the machine that made a plan may be ahead.
const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// The longest file of a plan, in bytes.
const LONGEST_FILE: u64 = 64 << 20;

/// A plan to delete tokens, as it is in a file. Nothing in it is secret.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlanFile {
    kind: String,
    version: u32,
    /// The address of the environment.
    environment: String,
    created_at: Timestamp,
    unused_for_seconds: u64,
    min_age_seconds: u64,
    never_used: bool,
    allow_unreported: bool,
    tokens: Vec<PlannedToken>,
}

/// A token of a plan.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PlannedToken {
    id: ActiveGateTokenId,
    name: Option<String>,
    creation_date: Timestamp,
    last_used_date: Option<Timestamp>,
    /// `UNUSED` or `NEVER_USED`, for those who review the plan.
    reason: String,
}

impl PlanFile {
    /// Returns the file of a plan. A name that contains a secret is redacted, so that its token would not be deleted.
    pub(crate) fn new(
        plan: &PrunePlan,
        rules: &PruneRules,
        environment: String,
        created_at: Timestamp,
        redactor: &Redactor,
    ) -> Self {
        let tokens = plan.candidates.iter().map(|token| PlannedToken {
            id: token.id.clone(),
            name: token
                .name
                .as_deref()
                .map(|name| redactor.redact(name).into_owned()),
            creation_date: token.creation_date,
            last_used_date: token.last_used_date,
            reason: token.reason.to_string(),
        });
        Self {
            kind: KIND.to_owned(),
            version: VERSION,
            environment,
            created_at,
            unused_for_seconds: rules.unused().as_secs(),
            min_age_seconds: rules.min_age().as_secs(),
            never_used: rules.never_used(),
            allow_unreported: rules.allow_unreported(),
            tokens: tokens.collect(),
        }
    }

    /// Refuses a place that has something else than a plan.
    ///
    /// # Errors
    /// Says what is there.
    pub(crate) fn ensure_place(path: &Path) -> Result<(), CliError> {
        let refused = |problem: &str| {
            CliError::usage(format_args!(
                "invalid --plan: {} {problem}; nothing was sent",
                path.display()
            ))
        };
        if let Some(use_of_file) = settings_file::use_of(path) {
            return Err(refused(&format!("is {use_of_file}")));
        }
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            // To read a pipe would wait for whoever writes to it.
            Ok(metadata) if !metadata.is_file() => Err(refused("is no regular file")),
            Ok(metadata) if metadata.len() == 0 => Ok(()),
            _ => match read(path) {
                Ok(_) => Ok(()),
                Err(_) => Err(refused("exists and is no plan, which is not replaced")),
            },
        }
    }

    /// Writes the plan as a whole, for its owner only.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        private_file::replace(path, &json)
    }

    /// Reads a plan for an environment.
    ///
    /// # Errors
    /// It cannot be read, is for another environment, or is too old. `again` is the command that makes a new one.
    pub(crate) fn read(
        path: &Path,
        environment: &str,
        now: Timestamp,
        again: impl Fn(&Self) -> String,
    ) -> Result<Self, CliError> {
        let refused = |problem: String| {
            CliError::usage(format_args!(
                "invalid --apply: {}: {problem}; nothing was deleted",
                path.display()
            ))
        };
        let plan = read(path).map_err(|error| refused(error.to_string()))?;
        if plan.environment != environment {
            return Err(refused(format!(
                "the plan is for {}, and not for {environment}",
                plan.environment
            )));
        }
        if plan.unused_for_seconds < SHORTEST_UNUSED.as_secs() {
            return Err(refused("unusedForSeconds is less than a day".to_owned()));
        }
        let created = plan.created_at;
        if created > now.saturating_add(CLOCK_SKEW) {
            return Err(refused(format!(
                "the plan was made at {created}, which is in the future"
            )));
        }
        if now.saturating_duration_since(created) > LONGEST_AGE {
            return Err(refused(format!(
                "the plan was made at {created}, more than 24 hours ago: make a new one with `{}`",
                again(&plan)
            )));
        }
        Ok(plan)
    }

    /// Returns the rules that the plan was made by.
    pub(crate) fn rules(&self) -> PruneRules {
        PruneRules::unused_for(Duration::from_secs(self.unused_for_seconds))
            .with_min_age(Duration::from_secs(self.min_age_seconds))
            .with_never_used(self.never_used)
            .with_unreported(self.allow_unreported)
    }

    /// Returns the options that make such a plan.
    pub(crate) fn options(&self) -> String {
        let mut options = format!(
            "--unused-for {} --min-age {}",
            span(self.unused_for_seconds),
            span(self.min_age_seconds)
        );
        for (is_set, option) in [
            (self.never_used, " --never-used"),
            (self.allow_unreported, " --allow-unreported"),
        ] {
            if is_set {
                options.push_str(option);
            }
        }
        options
    }

    /// Returns the tokens, each once.
    pub(crate) fn candidates(&self) -> Vec<PruneCandidate> {
        let mut candidates: Vec<PruneCandidate> = Vec::new();
        for token in &self.tokens {
            if candidates.iter().any(|it| it.id == token.id) {
                continue;
            }
            let reason = match token.last_used_date {
                Some(_) => PruneReason::Unused,
                None => PruneReason::NeverUsed,
            };
            let (name, created) = (token.name.clone(), token.creation_date);
            let mut candidate = PruneCandidate::new(token.id.clone(), name, created, reason);
            candidate.last_used_date = token.last_used_date;
            candidates.push(candidate);
        }
        candidates
    }
}

/// Returns a time span as an option has it.
fn span(seconds: u64) -> String {
    let day = SHORTEST_UNUSED.as_secs();
    match seconds % day {
        0 => format!("{}d", seconds / day),
        _ => format!("{seconds}s"),
    }
}

fn read(path: &Path) -> io::Result<PlanFile> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    if metadata.len() > LONGEST_FILE {
        return Err(io::Error::other("it is too large for a plan"));
    }
    let plan: PlanFile = serde_json::from_slice(&fs::read(path)?)?;
    match plan.kind == KIND && plan.version == VERSION {
        true => Ok(plan),
        false => Err(io::Error::other(
            "it is no plan, or one of another version of this program",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-12-01T00:00:00Z";

    fn plan_file(created_at: &str) -> String {
        format!(
            r#"{{"kind":"{KIND}","version":1,"environment":"https://h/api/v2","createdAt":"{created_at}","unusedForSeconds":7776000,
            "minAgeSeconds":2592000,"neverUsed":true,"allowUnreported":false,"tokens":[
            {{"id":"a","name":null,"creationDate":"2026-01-01T00:00:00Z","lastUsedDate":null,"reason":"NEVER_USED"}},
            {{"id":"a","name":"again","creationDate":"2026-01-01T00:00:00Z","lastUsedDate":null,"reason":"NEVER_USED"}}]}}"#
        )
    }

    fn read_text(text: &str, environment: &str) -> Result<PlanFile, CliError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        fs::write(&path, text).unwrap();
        PlanFile::read(&path, environment, NOW.parse().unwrap(), PlanFile::options)
    }

    #[test]
    fn a_plan_of_this_environment_and_day_is_read() {
        for created in ["2026-11-30T00:00:00Z", "2026-12-01T00:04:00Z"] {
            let plan = read_text(&plan_file(created), "https://h/api/v2").unwrap();
            assert_eq!(plan.candidates().len(), 1);
            assert!(plan.rules().never_used());
            assert_eq!(
                plan.options(),
                "--unused-for 90d --min-age 30d --never-used"
            );
        }
    }

    #[test]
    fn another_plan_is_refused() {
        let good = plan_file(NOW);
        for (text, environment, problem) in [
            (
                good.replace("7776000", "86399"),
                "https://h/api/v2",
                "less than a day",
            ),
            (
                good.clone(),
                "https://other/api/v2",
                "the plan is for https://h/api/v2, and not for",
            ),
            (
                plan_file("2026-11-29T23:59:59Z"),
                "https://h/api/v2",
                "make a new one with `--unused",
            ),
            (
                plan_file("2026-12-01T00:06:00Z"),
                "https://h/api/v2",
                "in the future",
            ),
            (
                good.replace("\"version\":1", "\"version\":2"),
                "https://h/api/v2",
                "another version",
            ),
            (good.replace(KIND, "x"), "https://h/api/v2", "no plan"),
            (
                good.replace("neverUsed", "neverUse"),
                "https://h/api/v2",
                "unknown field `neverUse`",
            ),
            (
                good.replace("\"neverUsed\":true,", ""),
                "https://h/api/v2",
                "missing field `neverUsed`",
            ),
            ("[]".to_owned(), "https://h/api/v2", "at line 1"),
        ] {
            let error = read_text(&text, environment).unwrap_err();
            assert!(error.line().contains(problem), "{}", error.line());
            assert!(
                error.line().ends_with("nothing was deleted"),
                "{}",
                error.line()
            );
        }
    }

    #[test]
    fn only_a_plan_is_replaced_by_a_plan() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.json");
        PlanFile::ensure_place(&path).unwrap();
        fs::write(&path, plan_file(NOW)).unwrap();
        PlanFile::ensure_place(&path).unwrap();
        fs::write(&path, "hunter2").unwrap();
        let error = PlanFile::ensure_place(&path).unwrap_err();
        assert!(error.line().contains("is no plan"), "{}", error.line());
        let error = PlanFile::ensure_place(folder.path()).unwrap_err();
        let line = error.line();
        assert!(line.contains("is no regular file"), "{line}");
    }
}
