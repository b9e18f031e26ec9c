//! Deletes things that the command line names, one after the other.

use std::fmt::Display;
use std::io;

use gatelet_transport::{Deleted, Error};

use crate::commands::confirmation::Confirmation;
use crate::commands::report::{self, Answer};
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

/// The things that a command deletes.
#[derive(Debug)]
pub(crate) struct Deletions<I> {
    singular: &'static str,
    plural: &'static str,
    ids: Vec<I>,
}

impl<I: Display + PartialEq> Deletions<I> {
    /// Takes what the things are called, and their ids, each of which is deleted once.
    pub(crate) fn new(singular: &'static str, plural: &'static str, ids: Vec<I>) -> Self {
        let mut unique = Vec::with_capacity(ids.len());
        for id in ids {
            if !unique.contains(&id) {
                unique.push(id);
            }
        }
        Self {
            singular,
            plural,
            ids: unique,
        }
    }

    /// Returns the ids.
    pub(crate) fn ids(&self) -> &[I] {
        &self.ids
    }

    /// Asks once, then deletes each thing and reports it. After a failure that is about one of them it goes on.
    ///
    /// # Errors
    /// The answer is no, and nothing was deleted; or the failures.
    pub(crate) async fn run(
        self,
        confirmation: Confirmation,
        output: &mut Output<Stdout>,
        delete: impl AsyncFn(&I) -> Result<Deleted, Error>,
    ) -> Result<(), CliError> {
        self.ensure_ids()?;
        confirmation.ask(self.question(), output).await?;
        match self.ids.as_slice() {
            [id] => {
                let deleted = delete(id).await?;
                let thing = self.singular;
                report::print_deleted(format_args!("{thing} {id}"), id, deleted, output)
            }
            _ => self.run_each(output, delete).await,
        }
    }

    /// Refuses what cannot be an id before any of several things is deleted.
    fn ensure_ids(&self) -> Result<(), CliError> {
        if let [_] = self.ids.as_slice() {
            return Ok(());
        }
        let is_bad = |id: &&String| id.is_empty() || id.trim() != **id;
        let ids: Vec<_> = self.ids.iter().map(ToString::to_string).collect();
        match ids.iter().find(is_bad) {
            None => Ok(()),
            Some(id) => Err(CliError::usage(format_args!(
                "invalid ID {id:?}: must not be empty or have spaces around it; nothing was deleted"
            ))),
        }
    }

    fn question(&self) -> String {
        match self.ids.as_slice() {
            [id] => format!("Delete {} {id}?", self.singular),
            ids => format!("Delete {} {} ({})?", ids.len(), self.plural, joined(ids)),
        }
    }

    async fn run_each(
        &self,
        output: &mut Output<Stdout>,
        delete: impl AsyncFn(&I) -> Result<Deleted, Error>,
    ) -> Result<(), CliError> {
        self.plan_others(output);
        let (log, thing) = (output.log().clone(), self.singular);
        let mut answers = match output.format().is_for_programs() {
            true => Some(output.list::<Answer>()?),
            false => None,
        };
        let mut outcome = Outcome::default();
        for (number, id) in self.ids.iter().enumerate() {
            let rest = self.ids.get(number + 1..).unwrap_or_default();
            log.set(outcome.known(&format!("{thing} {id}"), rest.len()));
            match (delete(id).await, &mut answers) {
                (Ok(deleted), None) => {
                    outcome.deleted += 1;
                    log.print(report::deletion_line(format_args!("{thing} {id}"), deleted));
                }
                (Ok(deleted), Some(list)) => {
                    outcome.deleted += 1;
                    let answer = Answer::deleted(id, deleted);
                    // What was confirmed is deleted, whether or not anyone reads it.
                    if let Err(error) = list.page(std::iter::once(answer)) {
                        outcome.unwritten.get_or_insert(error);
                    }
                }
                (Err(error), _) => {
                    let ends_all = is_about_all(&error);
                    let error = CliError::from(error).about(format_args!("{thing} {id}"));
                    outcome.failed.push(error);
                    if ends_all {
                        outcome.untried = rest.iter().map(ToString::to_string).collect();
                        break;
                    }
                }
            }
        }
        let finished = answers.map_or(Ok(()), |list| list.finish());
        if let Err(error) = finished {
            outcome.unwritten.get_or_insert(error);
        }
        outcome.result(self.plural)
    }

    /// Says in a dry run, which stops at the first deletion, what would follow.
    fn plan_others(&self, output: &Output<Stdout>) {
        if let Some(dry_run) = output.dry_run() {
            for id in self.ids.iter().skip(1) {
                dry_run.then(format!("delete {} {id}", self.singular));
            }
        }
    }
}

/// What became of the things.
#[derive(Debug, Default)]
struct Outcome {
    deleted: usize,
    failed: Vec<CliError>,
    untried: Vec<String>,
    /// Why not every deletion could be written to stdout.
    unwritten: Option<io::Error>,
}

impl Outcome {
    /// Returns what is known while a thing is being deleted, and so many are left.
    fn known(&self, thing: &str, rest: usize) -> String {
        let (deleted, failed) = (self.deleted, self.failed.len());
        format!(
            "deleted {deleted}, not deleted {failed}; whether {thing} was deleted is unknown; not tried {rest}"
        )
    }

    /// Returns the failures as one error. A deletion that may have been made decides the exit code, or else the first failure.
    fn result(self, plural: &str) -> Result<(), CliError> {
        let exits = self.failed.iter().map(CliError::exit);
        let unknown = exits.clone().find(|exit| *exit == Exit::OutcomeUnknown);
        let Some(exit) = unknown.or(exits.clone().next()) else {
            return match self.unwritten {
                Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::new(
                    Exit::OutcomeUnknown,
                    format_args!("could not write to stdout: {error}; all {plural} were deleted"),
                )),
                _ => Ok(()),
            };
        };
        let deleted = self.deleted;
        let all = deleted + self.failed.len() + self.untried.len();
        let mut line = format!("deleted {deleted} of {all} {plural}");
        if !self.untried.is_empty() {
            line = format!("{line}; not tried: {}", joined(&self.untried));
        }
        Err(CliError::new(exit, line).with_parts(self.failed))
    }
}

/// Returns whether the next deletion would fail in the same way: the credential is rejected, or the server cannot be reached or refuses
/// more requests for now.
fn is_about_all(error: &Error) -> bool {
    let exit = Exit::from(error);
    matches!(
        exit,
        Exit::Credential | Exit::RateLimited | Exit::Connect | Exit::Timeout
    )
}

fn joined<I: Display>(ids: &[I]) -> String {
    let texts: Vec<_> = ids.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(exits: &[Exit]) -> Outcome {
        let failed = exits.iter().map(|exit| CliError::new(*exit, "failed"));
        Outcome {
            deleted: 1,
            failed: failed.collect(),
            ..Outcome::default()
        }
    }

    #[test]
    fn the_question_names_each_thing_once() {
        let one = Deletions::new("gateway", "gateways", vec!["a", "a"]);
        assert_eq!(one.question(), "Delete gateway a?");
        let three = Deletions::new("gateway", "gateways", vec!["a", "b", "a", "c"]);
        assert_eq!(three.question(), "Delete 3 gateways (a, b, c)?");
    }

    #[test]
    fn one_invalid_id_of_several_is_refused_before_anything_is_deleted() {
        let check =
            |ids: &[&'static str]| Deletions::new("token", "tokens", ids.to_vec()).ensure_ids();
        for bad in ["", "  ", "b "] {
            let line = check(&["a", bad]).unwrap_err().line().to_owned();
            assert!(line.ends_with("nothing was deleted"), "{line}");
        }
        assert!(check(&["a", "b"]).is_ok());
        // The call itself names the argument of a single one.
        assert!(check(&[""]).is_ok());
    }

    #[test]
    fn the_first_failure_decides_the_exit_code_unless_a_deletion_may_have_been_made() {
        use Exit::{Forbidden, NotFound, OutcomeUnknown};
        for (exits, expected) in [
            (&[NotFound, Forbidden][..], NotFound),
            (&[Forbidden, NotFound], Forbidden),
            (&[NotFound, OutcomeUnknown], OutcomeUnknown),
        ] {
            let error = failed(exits).result("gateways").unwrap_err();
            assert_eq!(error.exit(), expected, "{exits:?}");
            let line = "deleted 1 of 3 gateways";
            assert_eq!(error.line(), line);
        }
        assert!(failed(&[]).result("gateways").is_ok());
    }

    #[test]
    fn what_was_not_tried_is_named() {
        let mut outcome = failed(&[Exit::Credential]);
        outcome.untried = vec!["b".to_owned(), "c".to_owned()];
        let error = outcome.result("gateways").unwrap_err();
        let line = "deleted 1 of 4 gateways; not tried: b, c";
        assert_eq!(error.line(), line);
    }
}
