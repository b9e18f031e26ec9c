//! The projects that a gateway serves, or the gateways of a setup token.

use asa_client::ServedProjects;

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::list;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

pub(crate) const HELP: &str = "The labels are compared with the selectors of projects here: those of Advanced Server Access, and those of the resource groups \
     of Privileged Access that the caller may see. A project whose selector has no known meaning, and a list that could not be read to its end, \
     are reported on stderr, and the exit code is 1.";

/// Prints the projects, and reports those that cannot be judged and what could not be read.
pub(crate) fn print(projects: ServedProjects, output: &mut Output<Stdout>) -> Result<(), CliError> {
    let ServedProjects {
        served,
        unjudged,
        unread,
        unasked,
        ..
    } = projects;
    list::write_items(served, output)?;
    for (project, reason) in &unjudged {
        let (name, id) = (&project.name, &project.id);
        let line = format!("cannot judge project {name} ({id}): {reason}");
        output.log().print(line);
    }
    let lists = unread.len();
    for error in unread {
        output.log().print(CliError::from(error).line());
    }
    let problems: Vec<String> = [
        match unjudged.len() {
            0 => None,
            1 => Some("1 project cannot be judged".to_owned()),
            many => Some(format!("{many} projects cannot be judged")),
        },
        match lists {
            0 => None,
            1 => Some("1 list of projects could not be read".to_owned()),
            many => Some(format!("{many} lists of projects could not be read")),
        },
        match unasked.len() {
            0 => None,
            1 => Some("1 more resource group was not asked".to_owned()),
            many => Some(format!("{many} more resource groups were not asked")),
        },
    ]
    .into_iter()
    .flatten()
    .collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(CliError::new(Exit::Other, problems.join("; "))),
    }
}
