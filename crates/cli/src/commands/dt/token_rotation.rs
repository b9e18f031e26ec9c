//! The steps of `gatelet dt active-gate-token rotate`.

use std::time::Duration;

use dt_client::{
    ActiveGateTokens, CreateSuccessorError, DeleteOldError, NewToken, PlannedSuccessor,
    ReplacedToken, RotatedToken, RotationPlan, RotationSkip, TokenRotation,
};
use gatelet_hyper::TokioClock;
use gatelet_models::Timestamp;
use gatelet_models::dt::{ActiveGateToken, ActiveGateTokenId};
use gatelet_transport::Clock as _;

use crate::commands::deletion::Deletion;
use crate::commands::dt::created_token::{CreatedToken, delete_command};
use crate::commands::dt::lists;
use crate::commands::dt::lost_token::{find_lost_line, lost};
use crate::commands::dt::rotation_row::{Row, Step};
use crate::commands::dt::token_place::TokenPlace;
use crate::commands::hand_over::destination::Destination;
use crate::commands::hand_over::new_secret::NewSecret as _;
use crate::commands::{report, secret_output};
use crate::error::error::{CliError, cause};
use crate::error::exit::Exit;
use crate::error::setting_names::SettingNames;
use crate::output::dry_run::DryRun;
use crate::output::list::write_items;
use crate::output::log::Log;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::output::target::Target;

/// What to do with the tokens that are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OldTokens {
    Keep,
    DeleteIfUnused,
    DeleteEvenIfUsed,
}

/// The steps of a rotation.
pub(crate) struct Steps {
    pub(crate) tokens: ActiveGateTokens,
    pub(crate) place: TokenPlace,
    pub(crate) old: OldTokens,
    pub(crate) target: Target,
    pub(crate) log: Log,
}

/// What the steps have done so far.
#[derive(Default)]
struct Done {
    rows: Vec<Row>,
    /// Why tokens are not as they should be, although nothing failed.
    problems: Vec<String>,
}

impl Steps {
    /// Reads all tokens, and refuses what cannot be done as a whole.
    ///
    /// # Errors
    /// The list failed, or the plan is not one for the options.
    pub(crate) async fn plan(&self, rotation: &TokenRotation) -> Result<RotationPlan, CliError> {
        self.log.set("nothing was changed");
        let plan = self.tokens.plan_rotation(rotation).await;
        let plan = plan.map_err(lists::to_cli_error)?;
        if let Some(id) = plan.missing.first() {
            return Err(CliError::new(
                Exit::NotFound,
                format_args!("there is no ActiveGate token {id}; nothing was changed"),
            ));
        }
        let never: Vec<_> = plan
            .skipped
            .iter()
            .filter(|it| it.reason == RotationSkip::LifeSpanUnknown)
            .map(|it| it.token.id.as_str())
            .collect();
        if !never.is_empty() {
            return Err(CliError::usage(format_args!(
                "--expires is needed: how long the new token should last is unknown, because {} never ends or has no life span; nothing was changed",
                never.join(", ")
            )));
        }
        let count = match self.place.is_file() {
            // A file has room for one, whether it is new or there already.
            true => plan.successors.len() + plan.rotated.len(),
            false => plan.successors.len(),
        };
        if self.place.is_for_one() && count > 1 {
            return Err(CliError::usage(format_args!(
                "{count} tokens are to be replaced: use --out-dir, or name one of them; nothing was changed"
            )));
        }
        let planned = plan.successors.iter();
        let planned = planned.map(|it| (it.old.id.as_str(), it.stem()));
        let rotated = plan.rotated.iter();
        let rotated = rotated.map(|it| (it.old.id.as_str(), it.stem()));
        self.place.ensure_different(planned.chain(rotated))?;
        Ok(plan)
    }

    /// Prints what the steps would do. Nothing but reads is sent.
    ///
    /// # Errors
    /// Those of [`run`](Self::run) before anything is created.
    pub(crate) async fn show(
        &self,
        plan: RotationPlan,
        dry_run: &DryRun,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        drop(self.open(&plan, output).await?);
        let mut rows = Vec::new();
        for planned in plan.successors {
            let file = self.place.file(planned.stem());
            let mut row = Row::of_planned(planned, file);
            row.old = match self.old {
                OldTokens::Keep => "kept",
                OldTokens::DeleteIfUnused => "deleted if unused",
                OldTokens::DeleteEvenIfUsed => "deleted",
            };
            rows.push(row);
        }
        for rotated in &plan.rotated {
            let file = self.place.file(rotated.stem());
            let old = rotated.old.clone();
            if let Some(successor) = self.stored_successor(rotated) {
                let replaced = self.tokens.replaced(&old, successor);
                let mut row = Row::new(old, successor, Step::Exists, file);
                row.old = match self.old {
                    OldTokens::DeleteIfUnused if !self.is_kept(&replaced).await? => "deleted",
                    OldTokens::DeleteEvenIfUsed => "deleted",
                    OldTokens::Keep | OldTokens::DeleteIfUnused => "kept",
                };
                rows.push(row);
            } else if let Some(first) = rotated.successors.first() {
                rows.push(Row::new(old, first, Step::NotInPlace, file));
            }
        }
        rows.extend(plan.skipped.into_iter().map(Row::of_skipped));
        dry_run.set_shown();
        write_items(rows, output)
    }

    /// Returns whether an old token would be kept, and says why.
    async fn is_kept(&self, replaced: &ReplacedToken) -> Result<bool, CliError> {
        let reasons = replaced.reasons_to_keep().await?;
        for reason in &reasons {
            let old = &replaced.old().id;
            self.log
                .print(format!("the old token {old} would be kept: {reason}"));
        }
        Ok(!reasons.is_empty())
    }

    /// Takes the steps for all tokens of a plan. A failure ends them; a second run goes on.
    ///
    /// # Errors
    /// The error of a step, or which old tokens still exist that should be deleted.
    pub(crate) async fn run(
        &self,
        plan: RotationPlan,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let destinations = self.open(&plan, output).await?;
        let mut done = Done::default();
        let total = plan.successors.len();
        let mut result = Ok(());
        for (number, (planned, destination)) in plan.successors.iter().zip(destinations).enumerate()
        {
            result = self.replace(planned, destination, output, &mut done).await;
            if result.is_err() {
                result = result.map_err(|error| stopped(error, number, total));
                break;
            }
        }
        if result.is_ok() {
            result = self.finish_rotated(&plan.rotated, &mut done).await;
        }
        if result.is_err() && done.rows.is_empty() {
            return result;
        }
        done.rows
            .extend(plan.skipped.into_iter().map(Row::of_skipped));
        let printed = self.print(done.rows, total > 0, output);
        result.and(printed)?;
        found(done.problems)
    }

    /// Prints the rows, unless stdout has a secret.
    fn print(
        &self,
        rows: Vec<Row>,
        is_changed: bool,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        if self.place.is_stdout() {
            // Never a table where the secret belongs: a redirection has replaced a file by what is printed, or a program reads it.
            for row in rows.iter().filter(|row| row.is_skipped()) {
                self.log.print(row.line());
            }
            return match (is_changed, self.place.form()) {
                (false, Some(_)) => Err(CliError::new(
                    Exit::Found,
                    "no token was created, so that nothing was written to stdout",
                )),
                _ => Ok(()),
            };
        }
        write_items(rows, output).map_err(|error| match is_changed {
            true if error.exit() != Exit::Success => error.with_exit(Exit::OutcomeUnknown),
            _ => error,
        })
    }

    /// Opens all destinations, before anything is created.
    async fn open(
        &self,
        plan: &RotationPlan,
        output: &mut Output<Stdout>,
    ) -> Result<Vec<Option<Destination<'static>>>, CliError> {
        if self.place.is_stdout() && !plan.successors.is_empty() {
            secret_output::ensure_writable(output)?;
        }
        let list = "gatelet dt active-gate-token list";
        let list = self.target.command_line(list, &[]);
        let mut destinations = Vec::new();
        for planned in &plan.successors {
            let stem = planned.stem();
            let destination = self.place.open(stem, &list).await?;
            if let (Some(destination), Some(form)) = (&destination, self.place.form()) {
                let why_kept = |content: &[u8]| {
                    why_kept(
                        form.id_in(content, stem),
                        &planned.old.id,
                        &plan.tokens,
                        now(),
                    )
                };
                destination.ensure_replaceable(self.place.option(), why_kept)?;
            }
            destinations.push(destination);
        }
        Ok(destinations)
    }

    /// Replaces one token.
    async fn replace(
        &self,
        planned: &PlannedSuccessor,
        destination: Option<Destination<'static>>,
        output: &mut Output<Stdout>,
        done: &mut Done,
    ) -> Result<(), CliError> {
        let log = &self.log;
        let new = self.create(planned).await?;
        let file = self.place.file(planned.stem());
        let created =
            CreatedToken::of_rotation(new.clone(), self.place.form().cloned(), &self.target);
        let (id, old) = (&new.created().id, &planned.old.id);
        log.print(format!("created token {id} to replace {old}"));
        for line in report::unreadable_lines("token", new.created().unreadable_members()) {
            log.print(line);
        }
        let kept = format!("the old token {old} was not changed");
        let advice = |error: CliError| error.with_advice(&kept);
        let destination = destination.unwrap_or(Destination::Stdout(output));
        let stored = destination.store(&created, log).await.map_err(advice)?;
        let replaced = new.check().await.map_err(|error| {
            let place = match &file {
                Some(file) => {
                    let file = file.display();
                    format!("its secret is in {file}.new: move that file to {file} if the token is right")
                }
                None => "its secret was handed over: use it if it is right".to_owned(),
            };
            CliError::new(
                Exit::OutcomeUnknown,
                format_args!(
                    "{error}; {} is kept, and {place}, or {}; {kept}",
                    created.words().name(),
                    created.words().advice()
                ),
            )
        })?;
        log.print(format!("read the new token {id}"));
        stored.finish(&created, log).await.map_err(advice)?;
        let step = Step::Created;
        let mut row = Row::new(planned.old.clone(), replaced.successor(), step, file);
        row.old = self.delete_old(&replaced, done).await?;
        done.rows.push(row);
        Ok(())
    }

    /// Creates a successor. If its outcome is unclear, looks for it, and deletes it.
    async fn create(&self, planned: &PlannedSuccessor) -> Result<NewToken, CliError> {
        // The server's clock may be behind, and no other token has the name.
        let since = now().saturating_sub(Duration::from_secs(24 * 60 * 60));
        let unknown = find_lost_line(&planned.create, since, &self.target);
        self.log.set(format!("create: outcome unknown; {unknown}"));
        let error = match self.tokens.create_successor(planned).await {
            Ok(new) => return Ok(new),
            Err(error) => error,
        };
        if !error.may_have_created() {
            return Err(CliError::from_client_error(
                error.error(),
                &SettingNames::default(),
            ));
        }
        Err(self.lost(&error, planned, since).await)
    }

    /// Deletes a token whose secret is lost, and says so.
    async fn lost(
        &self,
        error: &CreateSuccessorError,
        planned: &PlannedSuccessor,
        since: Timestamp,
    ) -> CliError {
        let failure = CliError::from_client_error(error.error(), &SettingNames::default())
            .with_exit(Exit::OutcomeUnknown);
        let found = match error.find_lost().await {
            Ok(found) if !found.is_empty() => found,
            Ok(_) | Err(_) => {
                let id = error.error().resource();
                return failure.with_advice(lost(id, &planned.create, since, &self.target));
            }
        };
        let mut states = Vec::new();
        for id in found {
            let name = format!("the token {id}, whose secret is lost,");
            let remedy = format!("delete it with `{}`", delete_command(&id, &self.target));
            self.log
                .set(format!("create: {}", Deletion::unknown(&name, &remedy)));
            let deletion = Deletion::from(self.tokens.delete(&id).send().await);
            states.push(deletion.describe(&name, &remedy));
        }
        failure.with_advice(states.join("; "))
    }

    /// Goes on with tokens that have a successor of an earlier run.
    async fn finish_rotated(
        &self,
        rotated: &[RotatedToken],
        done: &mut Done,
    ) -> Result<(), CliError> {
        for rotated in rotated {
            let Some(successor) = self.stored_successor(rotated) else {
                done.problems.push(self.not_in_place(rotated));
                if let Some(first) = rotated.successors.first() {
                    let file = self.place.file(rotated.stem());
                    let old = rotated.old.clone();
                    done.rows.push(Row::new(old, first, Step::NotInPlace, file));
                }
                continue;
            };
            let old = &rotated.old;
            let file = self.place.file(rotated.stem());
            self.log.print(self.exists_line(rotated, successor));
            let replaced = self.tokens.replaced(old, successor);
            let mut row = Row::new(old.clone(), successor, Step::Exists, file);
            // Nobody may have the secret, which cannot be seen here.
            if self.old != OldTokens::Keep && !self.place.is_file() && !is_used(successor) {
                done.problems.push(format!(
                    "the old token {} was not deleted: the new token {} shows no use yet, and whether its secret is stored cannot be seen here: name its file with --out",
                    old.id, successor.id
                ));
            } else {
                row.old = self.delete_old(&replaced, done).await?;
            }
            done.rows.push(row);
        }
        Ok(())
    }

    /// Returns the line on a token that has a successor of an earlier run.
    fn exists_line(&self, rotated: &RotatedToken, successor: &ActiveGateToken) -> String {
        let (old, new) = (&rotated.old.id, &successor.id);
        match self.place.file(rotated.stem()) {
            Some(file) => format!(
                "token {old} has the successor {new}, whose secret is in {}, so that no other one is created",
                file.display()
            ),
            None => format!(
                "token {old} has the successor {new}, so that no other one is created; if its secret is lost, delete it with `{}` and run again",
                delete_command(new, &self.target)
            ),
        }
    }

    /// Returns the successor whose secret is in its file, or the first one where that cannot be seen.
    fn stored_successor<'a>(&self, rotated: &'a RotatedToken) -> Option<&'a ActiveGateToken> {
        let mut successors = rotated.successors.iter();
        match self.place.is_file() {
            true => successors.find(|it| self.place.has(rotated.stem(), it.id.as_str())),
            false => successors.next(),
        }
    }

    /// Returns the line on a successor whose secret is not in its file.
    fn not_in_place(&self, rotated: &RotatedToken) -> String {
        let ids = rotated.successors.iter().map(|it| it.id.as_str());
        let ids: Vec<_> = ids.collect();
        let file = self.place.file(rotated.stem()).unwrap_or_default();
        let file = file.display();
        if rotated.successors.iter().any(is_used) {
            return format!(
                "token {} has the successor {}, whose secret is not in {file}, but which is in use: move the secret there, or go on without the file; nothing was created to replace it",
                rotated.old.id,
                ids.join(", ")
            );
        }
        let delete = rotated.successors.first();
        let delete = delete.map(|it| delete_command(&it.id, &self.target));
        format!(
            "token {} has the successor {}, whose secret is not in {file}: move it there, from {file}.new if it is there, or delete that token with `{}` and run again; nothing was created to replace it",
            rotated.old.id,
            ids.join(", "),
            delete.unwrap_or_default()
        )
    }

    /// Deletes an old token if that is wanted, and returns what became of it.
    async fn delete_old(
        &self,
        replaced: &ReplacedToken,
        done: &mut Done,
    ) -> Result<&'static str, CliError> {
        let (old, new) = (&replaced.old().id, &replaced.successor().id);
        let name = format!("the old token {old}");
        let remedy = format!("delete it with `{}`", delete_command(old, &self.target));
        let known = format!("the new token {new} is stored");
        self.log
            .set(format!("{known}; {}", Deletion::unknown(&name, &remedy)));
        let deleted = match self.old {
            OldTokens::Keep => return Ok("kept"),
            OldTokens::DeleteIfUnused => replaced.delete_if_unused().await,
            OldTokens::DeleteEvenIfUsed => replaced.delete_even_if_used().await,
        };
        let error = match deleted {
            Ok(deleted) => {
                let line = report::deletion_line(format_args!("ActiveGate token {old}"), deleted);
                self.log.print(line);
                return Ok("deleted");
            }
            Err(error) => error,
        };
        let line = match error {
            DeleteOldError::Delete(error) => {
                let deletion = Deletion::from(Err(error));
                if deletion.is_gone() {
                    self.log.print(format!("{name} no longer exists"));
                    return Ok("gone");
                }
                let state = deletion.describe(&name, &remedy);
                return Err(CliError::new(
                    Exit::OutcomeUnknown,
                    format_args!("{state}; {known}"),
                ));
            }
            DeleteOldError::Read(error) => format!(
                "{name} was not deleted, because its use could not be read: {}",
                cause(&error)
            ),
            DeleteOldError::Kept(reasons) => {
                let reasons: Vec<_> = reasons.iter().map(ToString::to_string).collect();
                format!("{name} was not deleted: {}", reasons.join("; "))
            }
            error => format!("{name} was not deleted: {error}"),
        };
        done.problems.push(line);
        Ok("kept")
    }
}

/// Returns the error of tokens that are not as they should be, although nothing failed.
fn found(problems: Vec<String>) -> Result<(), CliError> {
    let mut problems: Vec<_> = problems
        .into_iter()
        .map(|line| CliError::new(Exit::Found, line))
        .collect();
    match (problems.pop(), problems.len()) {
        (None, _) => Ok(()),
        (Some(problem), 0) => Err(problem),
        (Some(last), others) => {
            problems.push(last);
            let line = format!("{} tokens are not as they should be", others + 1);
            Err(CliError::new(Exit::Found, line).with_parts(problems))
        }
    }
}

fn is_used(token: &ActiveGateToken) -> bool {
    token.last_used_date.is_some_and(|last| !last.is_unset())
}

/// Says how many tokens were replaced before a failure.
fn stopped(error: CliError, replaced: usize, total: usize) -> CliError {
    match replaced {
        0 => error,
        _ => error.with_exit(Exit::OutcomeUnknown).with_advice(format_args!(
            "{replaced} of {total} tokens were replaced before; run the same command again for the others"
        )),
    }
}

fn now() -> Timestamp {
    TokioClock::new().now().into()
}

/// Returns why a file is not replaced by the successor of a token; `None` if the token in it is that one, or has ended.
fn why_kept(
    id: Option<String>,
    old: &ActiveGateTokenId,
    tokens: &[ActiveGateToken],
    now: Timestamp,
) -> Option<String> {
    let Some(id) = id else {
        return Some("contains something else than a token as this command writes it".to_owned());
    };
    let mut tokens = tokens.iter();
    let token = tokens.find(|token| token.id.as_str() == id);
    let end = token.and_then(|token| token.expiration_date);
    let has_ended = end.is_some_and(|end| !end.is_unset() && end <= now);
    (!has_ended && id != old.as_str()).then(|| {
        format!(
            "contains the token {id}, which is not the one that is replaced, and whose secret may be nowhere else"
        )
    })
}
