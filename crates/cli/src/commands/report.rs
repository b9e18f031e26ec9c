//! Reports what a command did.

use std::fmt::Arguments;
use std::io::{self, Write};

use gatelet_models::Unreadable;
use gatelet_transport::{Applied, Deleted, Error};
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::columns::text;
use crate::output::output::Output;
use crate::output::record::{Column, Record};
use crate::output::target::Target;

/// Returns the line of a deletion, which says whether a retry found the object already gone.
pub(crate) fn deletion_line(thing: Arguments<'_>, deleted: Deleted) -> String {
    match deleted.was_already_gone {
        true => format!("deleted {thing}; a retry found it already gone"),
        false => format!("deleted {thing}"),
    }
}

/// Answers that a thing was deleted: on stdout in a format for programs, and on stderr otherwise.
///
/// # Errors
/// The write failed; the line says that the thing was deleted.
pub(crate) fn print_deleted(
    thing: Arguments<'_>,
    id: impl ToString,
    deleted: Deleted,
    output: &mut Output<impl Write>,
) -> Result<(), CliError> {
    if !output.format().is_for_programs() {
        output.log().print(deletion_line(thing, deleted));
        return Ok(());
    }
    let answer = Answer::deleted(id, deleted);
    print_changed(format_args!("{thing} was deleted"), answer, output)
}

/// Answers that a call has succeeded whose response is empty: with `line` on stderr, or in a format for programs with the id and a
/// member `done` that is true.
///
/// # Errors
/// The write failed; the error has the line.
pub(crate) fn print_done(
    line: Arguments<'_>,
    id: impl ToString,
    done: &'static str,
    output: &mut Output<impl Write>,
) -> Result<(), CliError> {
    if !output.format().is_for_programs() {
        output.log().print(line.to_string());
        return Ok(());
    }
    let answer = Answer {
        id: id.to_string(),
        done,
        was_already_gone: None,
    };
    print_changed(line, answer, output)
}

/// The answer to a command whose call returns nothing.
#[derive(Debug)]
pub(crate) struct Answer {
    id: String,
    /// What was done.
    done: &'static str,
    was_already_gone: Option<bool>,
}

impl Answer {
    /// Creates the answer to a deletion.
    pub(crate) fn deleted(id: impl ToString, deleted: Deleted) -> Self {
        Self {
            id: id.to_string(),
            done: "deleted",
            was_already_gone: Some(deleted.was_already_gone),
        }
    }
}

/// Names of our own, since the API has no such object.
impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("id", &self.id)?;
        members.serialize_entry(self.done, &true)?;
        if let Some(was_already_gone) = self.was_already_gone {
            members.serialize_entry("wasAlreadyGone", &was_already_gone)?;
        }
        members.end()
    }
}

impl Record for Answer {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("ID", |answer| Some(answer.id.clone())),
        Column::text("DONE", |answer| Some(answer.done.to_owned())),
        Column::text("WAS ALREADY GONE", |answer| {
            text(answer.was_already_gone.as_ref())
        }),
    ];
}

/// Returns a line for each member of what was created that cannot be read.
pub(crate) fn unreadable_lines<'a>(
    thing: &str,
    members: impl Iterator<Item = (&'static str, &'a Unreadable)>,
) -> Vec<String> {
    let lines = members.map(|(member, text)| {
        format!("warning: the {thing} was created, but its {member} is unreadable: {text:?}")
    });
    lines.collect()
}

/// Says how to find what a create may have made. Nothing in it is shown only once, so it can be read or deleted.
pub(crate) fn unclear_create(
    error: Error,
    noun: &str,
    parents: &[&str],
    target: &Target,
) -> CliError {
    if error.applied() == Applied::No {
        return error.into();
    }
    let command = |verb: &str, id: Option<&str>| {
        let arguments: Vec<&str> = parents.iter().copied().chain(id).collect();
        target.command_line(&format!("{noun} {verb}"), &arguments)
    };
    // The resource of other errors is the parent.
    let id = error
        .resource()
        .filter(|id| !parents.contains(id))
        .map(str::to_owned);
    let advice = match id {
        Some(id) => format!(
            "to delete what was created: {}",
            command("delete", Some(&id))
        ),
        None => format!("to look whether it exists: {}", command("list", None)),
    };
    CliError::from(error).with_advice(advice)
}

/// Prints what was created or changed. Nothing in it is shown only once, so the change stays if it cannot be printed.
///
/// # Errors
/// The write failed; the line says that the change was made, as in `service user bot was created`.
pub(crate) fn print_changed<T: Record>(
    change: Arguments<'_>,
    changed: T,
    output: &mut Output<impl Write>,
) -> Result<(), CliError> {
    match output.item(changed) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::new(
            Exit::OutcomeUnknown,
            format_args!("could not write to stdout: {error}; {change}"),
        )),
        written => Ok(written?),
    }
}
