//! The projects that a gateway serves, or the gateways of a setup token.

use std::pin::Pin;

use asa_client::{Error, ServedProjects};
use gatelet_models::Operation;
use gatelet_models::asa::{Project, operations};
use tokio::sync::oneshot;

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::error::setting_names::SettingNames;
use crate::options::operation_help::operations_help;
use crate::output::list;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::signal::{self, Signal};

/// Says how projects are selected for the gateway or setup token that an operation reads, and describes the calls.
pub(crate) fn help(labeled: &Operation) -> String {
    let calls = operations_help(&[
        labeled,
        &operations::LIST_PROJECTS,
        &operations::LIST_RESOURCE_GROUPS,
        &operations::LIST_RESOURCE_GROUP_PROJECTS,
    ]);
    format!("{SELECTION}\n\n{calls}")
}

const SELECTION: &str = "The labels are compared with the selectors of projects here: those of Advanced Server Access, and those of the resource groups \
     of Privileged Access that the caller may see. A project whose selector has no known meaning, every project with a selector if \
     the labels are absent or null in the response, and a list that could not be read to its end, \
     are reported on stderr, and the exit code is 1. A project of Advanced Server Access whose traffic is not forwarded (FORWARDS) uses no \
     gateway, although its selector is met; a line on stderr says so.";

/// What the id of a resource group is that the service has listed.
const LISTED_GROUP: &str = "the ID of a resource group that the service listed";

/// Reads and prints the projects, also those before a signal, and reports those that cannot be judged and what could not be read.
pub(crate) async fn print(
    read: impl AsyncFnOnce(Stop) -> Result<ServedProjects, Error>,
    output: &mut Output<Stdout>,
) -> Result<(), CliError> {
    let caught = signal::caught().map_err(CliError::start)?;
    let (sender, receiver) = oneshot::channel();
    let stop = async move {
        // It is received below, unless nobody waits for it any more.
        let _ = sender.send(caught.await);
    };
    let projects = read(Box::pin(stop)).await?;
    let signal = receiver.await.ok().filter(|_| projects.is_stopped);
    print_projects(projects, signal, output)
}

/// A future that completes when the reading is to stop.
type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

fn print_projects(
    projects: ServedProjects,
    signal: Option<Signal>,
    output: &mut Output<Stdout>,
) -> Result<(), CliError> {
    let ServedProjects {
        served,
        unjudged,
        unread,
        unasked,
        ..
    } = projects;
    let idle = served.iter().filter(|project| project.is_forwarding_off());
    let idle: Vec<String> = idle
        .map(|Project { name, id, .. }| {
            format!("project {name} ({id}) forwards no traffic, so it uses no gateway")
        })
        .collect();
    list::write_items(served, output)?;
    for line in idle {
        output.log().print(line);
    }
    for (project, reason) in &unjudged {
        let (name, id) = (&project.name, &project.id);
        let line = format!("cannot judge project {name} ({id}): {reason}");
        output.log().print(line);
    }
    let is_of_groups =
        |error: &&Error| error.operation() == Some(operations::LIST_RESOURCE_GROUPS.name);
    let groups = unread.iter().filter(is_of_groups).count();
    let lists = unread.len() - groups;
    // Nobody has typed it.
    let names = SettingNames::default().with("resource_group_id", &LISTED_GROUP);
    let unread = unread
        .iter()
        .map(|error| CliError::from_client_error(error, &names));
    let unread: Vec<_> = unread.collect();
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
        match groups {
            0 => None,
            _ => Some("the list of resource groups could not be read to its end".to_owned()),
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
    let problems = problems.join("; ");
    let error = match (signal, problems.is_empty()) {
        (None, true) => return Ok(()),
        (None, false) => CliError::new(Exit::Other, problems),
        (Some(signal), true) => CliError::new(signal.into(), signal),
        (Some(signal), false) => CliError::new(signal.into(), signal).with_advice(problems),
    };
    Err(error.with_parts(unread))
}
