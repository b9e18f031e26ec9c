//! The steps of `gatelet dt active-gate-token prune`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dt_client::{
    Applied, Client, Error, PruneCandidate, PruneOutcome, PrunePlan, PruneRules, Pruning,
};
use gatelet_hyper::TokioClock;
use gatelet_models::Timestamp;
use gatelet_transport::Clock as _;

use crate::commands::confirmation::Confirmation;
use crate::commands::dt::lists;
use crate::commands::dt::prune_plan_file::{PlanFile, SHORTEST_UNUSED};
use crate::commands::dt::prune_row::{Outcome, Row};
use crate::error::error::{CliError, cause};
use crate::error::exit::Exit;
use crate::options::typed_time::TypedTime;
use crate::output::list::write_items;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::terminal::quote_for_shell;

/// The text after the help of the command.
pub(crate) const HELP: &str = "\
Without --apply, prints the tokens that may be deleted, and deletes nothing: individual tokens whose last use is long ago, that are not new, and
that no ActiveGate shows. --plan writes them to a file to review, which --apply deletes. It looks at each token again first: one that was used
since, that an ActiveGate shows now, or that has another name or creation date is kept. A plan counts for a day, and for its environment only.

No finding proves that a token is unused: an ActiveGate that has been offline for more than two hours is not shown, and needs its token
when it starts again.

The exit code of --apply is 20 if tokens of the plan were kept, and 12 if one was not deleted because of a failure after others were.

Needs the scopes activeGates.read and activeGateTokenManagement.read, and with --apply activeGateTokenManagement.write; a platform token and an
OAuth client need fleet-management:activegates:read, fleet-management:activegate.tokens:read and fleet-management:activegate.tokens:write.";

/// Deletes tokens that nobody uses.
#[derive(Debug, clap::Args)]
pub(crate) struct Prune {
    /// Tokens whose last use is longer ago, or before this time: 90d, 26w or 2027-01-31 (its start); UTC without an offset
    #[arg(long, value_name = "TIME", required_unless_present = "apply")]
    unused_for: Option<TypedTime>,
    /// Tokens of which the environment shows no use, too, if they were created as long ago
    #[arg(long)]
    never_used: bool,
    /// No tokens that were created a shorter time ago, or after this time
    #[arg(long, value_name = "TIME", default_value = "30d")]
    min_age: TypedTime,
    /// Go on although ActiveGates do not say which tokens they have, and may use any of them
    #[arg(long)]
    allow_unreported: bool,
    /// File for the plan
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Delete the tokens of the plan in this file
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["unused_for", "never_used", "min_age", "allow_unreported", "plan"]
    )]
    apply: Option<PathBuf>,
    #[command(flatten)]
    confirmation: Confirmation,
}

impl Prune {
    /// Returns what the command changes, as a verb; `None` if it only makes a plan.
    pub(crate) fn mutation_verb(&self) -> Option<&'static str> {
        self.apply.is_some().then_some("prune")
    }

    /// Returns whether it writes a file.
    pub(crate) fn has_file(&self) -> bool {
        self.plan.is_some()
    }

    /// Makes a plan, or applies one.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        match &self.apply {
            Some(path) => apply(path, self.confirmation, client, output).await,
            None => self.make_plan(client, output).await,
        }
    }

    async fn make_plan(
        &self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let rules = self.rules()?;
        if let Some(path) = &self.plan {
            PlanFile::ensure_place(path)?;
        }
        let plan = client.active_gate_tokens().plan_prune(&rules).await;
        let plan = plan.map_err(lists::to_cli_error)?;
        if plan.unreported > 0 && !rules.allow_unreported() {
            return Err(CliError::new(
                Exit::Found,
                format_args!(
                    "{} ActiveGates do not say which tokens they have and may use any of them, so that no token is known to be unused: --allow-unreported accepts that",
                    plan.unreported
                ),
            ));
        }
        if let Some(path) = &self.plan {
            let environment = client.base_url().to_string();
            let redactor = output.log().secrets().redactor();
            let file = PlanFile::new(&plan, &rules, environment, now(), &redactor);
            file.write(path).map_err(|error| {
                CliError::new(
                    Exit::Other,
                    format_args!("could not write {}: {error}", path.display()),
                )
            })?;
            let path = path.display().to_string();
            let quoted = quote_for_shell(&path);
            let apply = format!("gatelet dt active-gate-token prune --apply={quoted}");
            let apply = output.target().command_line(&apply, &[]);
            let line = format!("wrote the plan to {path}; to apply it after a review: {apply}");
            output.log().print(line);
        }
        output.log().print(kept_line(&plan));
        let rows = plan.candidates.iter();
        let rows = rows.map(|token| Row::new(token, Outcome::Candidate));
        write_items(rows.collect(), output)
    }

    fn rules(&self) -> Result<PruneRules, CliError> {
        let now = now();
        let unused_for = match self.unused_for {
            Some(time) => time.time_since("--unused-for", now)?,
            None => Duration::ZERO,
        };
        if unused_for < SHORTEST_UNUSED {
            return Err(CliError::usage(
                "invalid --unused-for: must be at least 1d; nothing was sent",
            ));
        }
        let min_age = self.min_age.time_since("--min-age", now)?;
        Ok(PruneRules::unused_for(unused_for)
            .with_min_age(min_age)
            .with_never_used(self.never_used)
            .with_unreported(self.allow_unreported))
    }
}

/// Says how many tokens are kept, and why.
fn kept_line(plan: &PrunePlan) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for kept in &plan.kept {
        *counts.entry(kept.reason.as_str()).or_default() += 1;
    }
    let counts = counts
        .iter()
        .map(|(reason, count)| format!("{count} {reason}"));
    let counts: Vec<_> = counts.collect();
    let kept = match counts.is_empty() {
        true => "none is kept".to_owned(),
        false => format!("kept: {}", counts.join(", ")),
    };
    format!("{} tokens may be deleted; {kept}", plan.candidates.len())
}

/// What the application of a plan has done.
#[derive(Default)]
struct Progress {
    rows: Vec<Row>,
    deleted: usize,
    kept: usize,
    failures: Vec<CliError>,
    /// Whether a deletion may have been done although it failed.
    is_unclear: bool,
}

async fn apply(
    path: &Path,
    confirmation: Confirmation,
    client: &Client,
    output: &mut Output<Stdout>,
) -> Result<(), CliError> {
    output.log().set("nothing was deleted");
    let environment = client.base_url().to_string();
    let again = |plan: &PlanFile| {
        let options = plan.options();
        let path = quote_for_shell(&path.display().to_string());
        let command = format!("gatelet dt active-gate-token prune {options} --plan={path}");
        output.target().command_line(&command, &[])
    };
    let plan = PlanFile::read(path, &environment, now(), again)?;
    let candidates = plan.candidates();
    let pruning = client.active_gate_tokens().prune(plan.rules());
    if let Some(dry_run) = output.dry_run().cloned() {
        let rows = check(pruning, &candidates).await?;
        dry_run.set_shown();
        return write_items(rows, output);
    }
    if !candidates.is_empty() {
        let question = format!(
            "Delete {} ActiveGate tokens as {} says?",
            candidates.len(),
            path.display()
        );
        confirmation.ask(question, output).await?;
    }
    let done = delete(pruning, &candidates, output).await;
    report(done, candidates.len(), output)
}

/// Returns what would become of each token.
async fn check(mut pruning: Pruning, candidates: &[PruneCandidate]) -> Result<Vec<Row>, CliError> {
    let mut rows = Vec::new();
    for candidate in candidates {
        let checked = pruning.check(candidate).await;
        let outcome = match checked.map_err(lists::to_cli_error)? {
            None => Outcome::Candidate,
            Some(outcome) => Outcome::of(outcome),
        };
        rows.push(Row::new(candidate, outcome));
    }
    Ok(rows)
}

/// Deletes the tokens one after another. A failure that is not of one token ends it.
async fn delete(
    mut pruning: Pruning,
    candidates: &[PruneCandidate],
    output: &Output<Stdout>,
) -> Progress {
    let mut done = Progress::default();
    let total = candidates.len();
    let mut is_stopped = false;
    for candidate in candidates {
        if is_stopped {
            done.rows.push(Row::new(candidate, Outcome::NotTried));
            continue;
        }
        output.log().set(format!(
            "{} of {total} tokens of the plan were deleted, and whether token {} was is unknown; run the same command again",
            done.deleted, candidate.id
        ));
        let outcome = match pruning.delete(candidate).await {
            Ok(outcome) => {
                match outcome {
                    PruneOutcome::Deleted(_) => done.deleted += 1,
                    PruneOutcome::Kept(_) => done.kept += 1,
                    _ => {}
                }
                Outcome::of(outcome)
            }
            Err(error) => {
                is_stopped = is_of_all(&error);
                done.is_unclear |= error.applied() != Applied::No;
                let outcome = Outcome::Failed(cause(&error));
                done.failures.push(lists::to_cli_error(error));
                outcome
            }
        };
        done.rows.push(Row::new(candidate, outcome));
    }
    done
}

/// Returns whether a failure is not of one token, so that the next one would fail, too.
fn is_of_all(error: &Error) -> bool {
    matches!(
        Exit::from(error),
        Exit::Credential | Exit::Forbidden | Exit::Connect | Exit::NotConfigured
    ) || lists::is_missing(error)
}

/// Prints what became of each token.
fn report(done: Progress, total: usize, output: &mut Output<Stdout>) -> Result<(), CliError> {
    let Progress {
        rows,
        deleted,
        kept,
        failures,
        is_unclear,
    } = done;
    let state = format!("{deleted} of {total} tokens of the plan were deleted");
    output.log().set(state.clone());
    output.log().print(state.clone());
    let is_changed = deleted > 0 || is_unclear;
    let written = write_items(rows, output).map_err(|error| match is_changed {
        true if error.exit() != Exit::Success => error.with_exit(Exit::OutcomeUnknown),
        _ => error,
    });
    if let Some(first) = failures.first() {
        let exit = match is_changed {
            true => Exit::OutcomeUnknown,
            false => first.exit(),
        };
        let line = format!(
            "{} tokens of the plan were not deleted because of a failure; {state}; run the same command again",
            failures.len()
        );
        return Err(CliError::new(exit, line).with_parts(failures));
    }
    written?;
    match kept {
        0 => Ok(()),
        kept => Err(CliError::new(
            Exit::Found,
            format_args!(
                "{kept} tokens of the plan were kept, because they are not any more what it says"
            ),
        )),
    }
}

fn now() -> Timestamp {
    TokioClock::new().now().into()
}
