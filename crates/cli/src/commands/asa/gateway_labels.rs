//! The labels of a team.

use asa_client::{LabelUse, TeamLabels};
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::list::write_items;
use crate::output::output::Output;
use crate::output::record::{Column, Record};
use crate::output::stdout::Stdout;

/// The help of the command.
pub(crate) const HELP: &str = "\
Lists each label that a gateway has, that a setup token gives to its gateways, or that the selector of a project requires, and says which of
them no gateway has (NO_GATEWAY). What a selector requires in a form without a known meaning, and a list of projects that could not be
read to its end, are reported on stderr, and the exit code is 1. A gateway whose labels are absent or null in the response counts for none.";

/// Prints one row for each label, or for each that no gateway has, and reports what could not be compared.
///
/// # Errors
/// What could not be compared.
pub(crate) fn print(
    team: TeamLabels,
    only_unmet: bool,
    output: &mut Output<Stdout>,
) -> Result<(), CliError> {
    let TeamLabels {
        labels,
        unknown,
        unjudged,
        unread,
        unasked,
        ..
    } = team;
    let labels = labels.into_iter();
    let shown = labels.filter(|it| !only_unmet || it.is_unmet());
    write_items(shown.map(Row).collect(), output)?;
    if !unknown.is_empty() {
        let count = unknown.len();
        output.log().print(format!(
            "the response has no labels of {count} of the gateways, so they may have any"
        ));
    }
    for (project, reason) in &unjudged {
        let (name, id) = (&project.name, &project.id);
        let line = format!("cannot judge project {name} ({id}): {reason}");
        output.log().print(line);
    }
    let (judged, lists, groups) = (unjudged.len(), unread.len(), unasked.len());
    if judged + lists + groups == 0 {
        return Ok(());
    }
    let line = format!(
        "other labels may be required: projects that cannot be judged: {judged}; lists that could not be read: {lists}; resource groups \
         that were not asked: {groups}"
    );
    let parts = unread.into_iter().map(CliError::from);
    Err(CliError::new(Exit::Other, line).with_parts(parts.collect()))
}

/// A label as it is printed.
#[derive(Debug)]
struct Row(LabelUse);

/// Names of our own, since the API has no such object.
impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(label) = self;
        let projects: Vec<_> = label.projects.iter().map(|it| &it.name).collect();
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("key", &label.key)?;
        members.serialize_entry("value", &label.value)?;
        members.serialize_entry("gatewayIds", &label.gateways)?;
        members.serialize_entry("setupTokenIds", &label.setup_tokens)?;
        members.serialize_entry("projects", &projects)?;
        members.serialize_entry("hasNoGateway", &label.is_unmet())?;
        members.end()
    }
}

impl Record for Row {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::named_by(
            |Self(label)| match &label.value {
                Some(value) => Some(format!("{}={value}", label.key)),
                None => Some(label.key.clone()),
            },
            Column::text("KEY", |Self(label)| Some(label.key.clone())),
        ),
        Column::text("VALUE", |Self(label)| label.value.clone()),
        Column::text("GATEWAYS", |Self(label)| {
            Some(label.gateways.len().to_string())
        }),
        Column::text("SETUP TOKENS", |Self(label)| {
            Some(label.setup_tokens.len().to_string())
        }),
        Column::text("PROJECTS", |Self(label)| {
            let names = label.projects.iter().map(|it| it.name.to_string());
            let names: Vec<_> = names.collect();
            (!names.is_empty()).then(|| names.join(", "))
        }),
        Column::state("FINDING", |Self(label)| {
            label.is_unmet().then(|| "NO_GATEWAY".to_owned())
        }),
    ];
}
