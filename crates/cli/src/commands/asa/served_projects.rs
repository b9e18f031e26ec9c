//! The projects that a gateway serves, or the gateways of a setup token.

use asa_client::ServedProjects;

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::list;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::terminal::eprint_line;

pub(crate) const HELP: &str = "The labels are compared with the selectors of the team's projects here: those of Advanced Server Access, and those of the \
     resource groups of Privileged Access. A project whose selector has no known meaning is reported on stderr, and the exit code is 1.";

/// Prints the projects, and reports those that cannot be judged.
pub(crate) fn print(projects: ServedProjects, output: &mut Output<Stdout>) -> Result<(), CliError> {
    let ServedProjects {
        served, unjudged, ..
    } = projects;
    list::write_items(served, output)?;
    for (project, reason) in &unjudged {
        let (name, id) = (&project.name, &project.id);
        eprint_line(&format!("cannot judge project {name} ({id}): {reason}"));
    }
    match unjudged.len() {
        0 => Ok(()),
        1 => Err(CliError::new(Exit::Other, "1 project cannot be judged")),
        many => Err(CliError::new(
            Exit::Other,
            format_args!("{many} projects cannot be judged"),
        )),
    }
}
