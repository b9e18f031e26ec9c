//! The file with the plan of a migration, which someone reviews before it is applied.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::time::Duration;

use asa_client::{PlannedAction, PlannedSetupToken, SkipReason};
use gatelet_models::Timestamp;
use gatelet_models::asa::GatewaySetupTokenId;
use serde::{Deserialize, Serialize};

use crate::client::factory::{ClientFactory, TeamAddress};
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::new_file::{CreateError, NewFile};
use crate::redaction::Redactor;
use crate::settings::settings_file;

/// The version of the form.
const VERSION: u32 = 1;

/// How old a plan may be.
const MAX_AGE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How far the clock of the machine that made the plan may be ahead.
const MAX_SKEW: Duration = Duration::from_secs(5 * 60);

/// The plan of a migration, as its file has it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MigrationFile {
    version: u32,
    created_at: Timestamp,
    pub(crate) source: PlannedTeam,
    pub(crate) target: PlannedTeam,
    pub(crate) setup_tokens: Vec<PlannedEntry>,
}

/// A team, and the profile that named it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlannedTeam {
    pub(crate) profile: String,
    pub(crate) team: String,
    pub(crate) url: String,
}

/// What is planned for a setup token of the source.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlannedEntry {
    pub(crate) source_id: GatewaySetupTokenId,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) action: Action,
    /// The setup token that the target had when the plan was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target_id: Option<GatewaySetupTokenId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

/// What is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    Create,
    Present,
    Skip,
}

impl Action {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Present => "present",
            Self::Skip => "skip",
        }
    }
}

/// The member of every version of the form.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl PlannedTeam {
    /// Reads the team of a profile.
    ///
    /// # Errors
    /// Those of [`ClientFactory::asa_team`].
    pub(crate) fn of(profile: &str, clients: &ClientFactory) -> Result<Self, CliError> {
        let TeamAddress { team, url } = clients.asa_team()?;
        Ok(Self {
            profile: profile.to_owned(),
            team,
            url,
        })
    }

    /// Returns whether both are the same team, whatever profiles name it.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (&self.team, &self.url) == (&other.team, &other.url)
    }

    /// Checks that the profile still names this team at this address.
    ///
    /// # Errors
    /// Names both.
    pub(crate) fn ensure_same(&self, now: &Self) -> Result<(), CliError> {
        if self.is_same(now) {
            return Ok(());
        }
        Err(CliError::usage(format_args!(
            "the plan is about team {} at {}, and the profile {} names team {} at {} now: make a new plan; nothing was sent",
            self.team, self.url, self.profile, now.team, now.url
        )))
    }
}

/// Returns whether a text of a planned setup token contains a secret of the command, or what looks like one.
fn looks_secret(planned: &PlannedSetupToken, redactor: &Redactor) -> bool {
    let labels = planned.labels.iter();
    let labels = labels.flat_map(|(key, value)| [key, value]);
    let mut shown = planned.description.iter().chain(labels);
    shown.any(|text| redactor.redact(text) != text.as_str())
}

impl PlannedEntry {
    /// Converts a planned setup token. A text that contains what looks like a secret is not kept.
    pub(crate) fn new(planned: PlannedSetupToken, redactor: &Redactor) -> Self {
        let (action, target_id, reason) = match &planned.action {
            PlannedAction::Create => (Action::Create, None, None),
            PlannedAction::Present(id) => (Action::Present, Some(id.clone()), None),
            PlannedAction::Skip(reason) => (Action::Skip, None, Some(reason.to_string())),
            _ => (
                Action::Skip,
                None,
                Some("is not known to this version".to_owned()),
            ),
        };
        if looks_secret(&planned, redactor) {
            let reason = "its description or labels contain what looks like a secret";
            return Self {
                source_id: planned.source_id,
                description: None,
                labels: BTreeMap::new(),
                action: Action::Skip,
                target_id: None,
                reason: Some(reason.to_owned()),
            };
        }
        Self {
            source_id: planned.source_id,
            description: planned.description,
            labels: planned.labels,
            action,
            target_id,
            reason,
        }
    }

    /// Returns the entry as the client takes it.
    ///
    /// # Errors
    /// An edit has left it incomplete.
    fn planned(&self) -> Result<PlannedSetupToken, String> {
        let id = &self.source_id;
        let has_description = self.description.as_ref().is_some_and(|it| !it.is_empty());
        let action = match (self.action, &self.target_id) {
            (Action::Create | Action::Present, _) if !has_description => {
                return Err(format!("{id} has no description"));
            }
            (Action::Create, None) => PlannedAction::Create,
            (Action::Create, Some(_)) => {
                return Err(format!("{id} is to be created and has a targetId"));
            }
            (Action::Present, Some(target)) => PlannedAction::Present(target.clone()),
            (Action::Present, None) => return Err(format!("{id} is present and has no targetId")),
            (Action::Skip, _) => {
                let reason = self.reason.clone().unwrap_or_default();
                PlannedAction::Skip(SkipReason::Stated(reason))
            }
        };
        Ok(PlannedSetupToken {
            source_id: id.clone(),
            description: self.description.clone(),
            labels: self.labels.clone(),
            action,
        })
    }
}

impl MigrationFile {
    pub(crate) fn new(
        created_at: Timestamp,
        source: PlannedTeam,
        target: PlannedTeam,
        setup_tokens: Vec<PlannedEntry>,
    ) -> Self {
        Self {
            version: VERSION,
            created_at,
            source,
            target,
            setup_tokens,
        }
    }

    /// Creates the file, which is removed again unless [`write`](Self::write) fills it.
    ///
    /// # Errors
    /// It exists, or cannot be created.
    pub(crate) fn create(path: &Path) -> Result<NewFile, CliError> {
        if let Some(use_of_file) = settings_file::use_of(path) {
            return Err(refused(path, format_args!("it is {use_of_file}")));
        }
        NewFile::create(path).map_err(|error| match error {
            CreateError::Io(error) => failed("create", path, &error),
            CreateError::InUse => refused(path, "another process has it"),
            CreateError::Left(_) | CreateError::NotAFile => {
                refused(path, "it exists: name a new file, or remove it")
            }
        })
    }

    /// Writes the plan to the file and keeps it.
    ///
    /// # Errors
    /// It cannot be written, and is removed.
    pub(crate) fn write(&self, mut file: NewFile) -> Result<(), CliError> {
        let path = file.path().to_owned();
        let json = serde_json::to_string_pretty(self).map_err(|it| failed("write", &path, &it))?;
        file.write(format!("{json}\n").as_bytes())
            .map_err(|error| failed("write", &path, &error))?;
        file.keep();
        Ok(())
    }

    /// Reads a plan that is not too old.
    ///
    /// # Errors
    /// The file cannot be read, or has another form or version, or the plan is too old.
    pub(crate) fn read(path: &Path, now: Timestamp) -> Result<Self, CliError> {
        let json = fs::read(path).map_err(|error| failed("read", path, &error))?;
        Self::parse(&json, now).map_err(|problem| refused(path, problem))
    }

    fn parse(json: &[u8], now: Timestamp) -> Result<Self, String> {
        let described = |error: serde_json::Error| format!("it is not a plan: {error}");
        let Versioned { version } = serde_json::from_slice(json).map_err(described)?;
        if version != VERSION {
            return Err(format!(
                "its version is {version}, and this program reads version {VERSION}"
            ));
        }
        let plan: Self = serde_json::from_slice(json).map_err(described)?;
        if plan.created_at < now.saturating_sub(MAX_AGE) {
            return Err(format!(
                "it was made at {}, more than 7 days ago: make a new plan",
                plan.created_at
            ));
        }
        if plan.created_at > now.saturating_add(MAX_SKEW) {
            return Err(format!(
                "it was made at {}, which is in the future: check the clocks",
                plan.created_at
            ));
        }
        let mut known = BTreeSet::new();
        let mut ids = plan.setup_tokens.iter().map(|entry| &entry.source_id);
        if let Some(twice) = ids.find(|id| !known.insert(*id)) {
            return Err(format!("it contains the setup token {twice} twice"));
        }
        Ok(plan)
    }

    /// Returns what is planned.
    ///
    /// # Errors
    /// An edit has left an entry incomplete.
    pub(crate) fn planned(&self, path: &Path) -> Result<Vec<PlannedSetupToken>, CliError> {
        let entries = self.setup_tokens.iter();
        let planned: Result<Vec<_>, _> = entries.map(PlannedEntry::planned).collect();
        planned.map_err(|problem| refused(path, problem))
    }
}

fn refused(path: &Path, problem: impl Display) -> CliError {
    CliError::usage(format_args!(
        "invalid --plan {}: {problem}; nothing was changed",
        path.display()
    ))
}

fn failed(verb: &str, path: &Path, error: &dyn Display) -> CliError {
    CliError::new(
        Exit::Other,
        format_args!(
            "could not {verb} the plan {}: {error}; nothing was changed",
            path.display()
        ),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse("2026-01-08T00:00:00Z").unwrap()
    }

    fn plan() -> Value {
        let team = |name: &str| json!({"profile": name, "team": name, "url": "https://h"});
        json!({
            "version": 1,
            "createdAt": "2026-01-07T00:00:00Z",
            "source": team("asa"),
            "target": team("opa"),
            "setupTokens": [
                {"sourceId": "a", "description": "edge", "labels": {"env": "dev"}, "action": "create"},
                {"sourceId": "b", "description": "core", "labels": {}, "action": "present", "targetId": "1"},
                {"sourceId": "c", "action": "skip", "reason": "by hand"},
            ],
        })
    }

    fn parse(plan: &Value) -> Result<MigrationFile, String> {
        MigrationFile::parse(plan.to_string().as_bytes(), now())
    }

    fn edited(pointer: &str, value: Value) -> Value {
        let mut plan = plan();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = plan.pointer_mut(parent).unwrap();
        match parent {
            Value::Array(items) => items.push(value),
            parent => parent[name] = value,
        }
        plan
    }

    #[test]
    fn a_plan_is_read_as_it_was_written() {
        let read = parse(&plan()).unwrap();
        let written = serde_json::to_vec(&read).unwrap();
        let again = MigrationFile::parse(&written, now()).unwrap();
        let actions = |plan: &MigrationFile| plan.planned(Path::new("p")).unwrap();
        assert_eq!(actions(&read), actions(&again));
        assert_eq!(actions(&read).len(), 3);
    }

    #[test]
    fn an_unknown_member_and_another_version_are_refused() {
        for (pointer, value, expected) in [
            ("/version", json!(2), "its version is 2"),
            ("/force", json!(true), "unknown field `force`"),
            ("/target/token", json!("x"), "unknown field `token`"),
            ("/setupTokens/0/name", json!("x"), "unknown field `name`"),
            (
                "/setupTokens/0/action",
                json!("delete"),
                "unknown variant `delete`",
            ),
            (
                "/createdAt",
                json!("2025-12-31T23:59:59Z"),
                "more than 7 days ago",
            ),
            ("/createdAt", json!("2026-01-08T00:05:01Z"), "in the future"),
            ("/setupTokens/1/sourceId", json!("a"), "setup token a twice"),
        ] {
            let problem = parse(&edited(pointer, value)).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
        }
        parse(&edited("/createdAt", json!("2026-01-01T00:00:00Z"))).unwrap();
    }

    #[test]
    fn an_incomplete_entry_is_refused() {
        for (pointer, value, expected) in [
            (
                "/setupTokens/0/description",
                json!(""),
                "a has no description",
            ),
            (
                "/setupTokens/0/targetId",
                json!("1"),
                "a is to be created and has a targetId",
            ),
            (
                "/setupTokens/1/targetId",
                Value::Null,
                "b is present and has no targetId",
            ),
        ] {
            let plan = parse(&edited(pointer, value)).unwrap();
            let problem = plan.planned(Path::new("p")).unwrap_err();
            assert!(problem.line().contains(expected), "{}", problem.line());
        }
    }
}
