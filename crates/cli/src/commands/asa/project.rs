//! What the description cannot say about `gatelet asa project`.

use std::fmt::Display;

use asa_client::{Client, GatewaySelection, UnjudgedReason};
use clap::Command;
use gatelet_models::Operation;
use gatelet_models::asa::{Gateway, ProjectName, operations};

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::options::built_command::BuiltCommand as _;
use crate::options::operation_help::operations_help;
use crate::output::list;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

/// Sets the texts of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("Projects of Advanced Server Access, which say by labels which gateways they use")
        .with_subcommand("list", |list| {
            list.with_argument("descending", |it| it.help("List newest first"))
        })
        .with_subcommand("get", |get| {
            get.with_argument("id", |id| id.value_name("NAME"))
        })
        .with_subcommand("gateways", |gateways| {
            gateways.after_help(selection_help(&operations::FETCH_PROJECT))
        })
}

/// Says how gateways are selected for the project that an operation reads, and describes the calls.
pub(crate) fn selection_help(project: &Operation) -> String {
    let calls = operations_help(&[project, &operations::LIST_GATEWAYS]);
    format!("{SELECTION}\n\n{calls}")
}

const SELECTION: &str = "The labels of the team's gateways are compared with the project's selector here. Some rules are inferred: an empty or absent \
     selector selects no gateway, and `!=` and `notin` also select gateways without the label, as in Kubernetes. If the selector has \
     no known meaning, nothing is listed and the exit code is 1. A gateway whose labels are absent or null in the response, as in the \
     reference of Advanced Server Access, may be used or not: it is not listed, and a line on stderr says so. A project of Advanced Server Access whose traffic is not forwarded \
     uses none of the gateways; a line on stderr says so.";

/// Lists the gateways that a project uses.
#[derive(Debug, clap::Args)]
pub(crate) struct Gateways {
    /// Name of the project, as shown by `list`
    name: ProjectName,
}

impl Gateways {
    /// Prints the gateways, and reports what else decides.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let selection = client.projects().gateways(&self.name).await?;
        print_selection(&self.name, selection, output)
    }
}

/// Prints the selected gateways, and reports on stderr why there are none.
pub(crate) fn print_selection(
    project: impl Display,
    selection: GatewaySelection,
    output: &mut Output<Stdout>,
) -> Result<(), CliError> {
    let selected = match selection {
        GatewaySelection::Judged(selected) => selected,
        GatewaySelection::CannotJudge(reason) => {
            let line = format_args!("cannot judge which gateways project {project} uses: {reason}");
            return Err(CliError::new(Exit::Other, line));
        }
        GatewaySelection::Deleted => {
            output.log().print(format!(
                "project {project} is deleted, so no gateway is listed"
            ));
            return list::write_items(Vec::<Gateway>::new(), output);
        }
        _ => return Err(CliError::new(Exit::Other, "cannot judge the selector")),
    };
    let no_selector = match &selected.selector {
        None => Some("the response has no gateway selector"),
        Some(selector) if selector.is_empty() => Some("the gateway selector is empty"),
        Some(_) => None,
    };
    if let Some(what) = no_selector {
        output.log().print(format!(
            "{what}; that the project uses no gateway is inferred"
        ));
    }
    if selected.is_forwarding_off {
        output.log().print(
            "the project forwards no traffic, so it uses none of the gateways that its selector selects",
        );
    }
    let judged = match selected.unjudged.is_empty() {
        true => "of the team",
        false => "with known labels",
    };
    for requirement in &selected.unmet {
        output
            .log()
            .print(format!("no gateway {judged} meets `{requirement}`"));
    }
    list::write_items(selected.gateways, output)?;
    if !selected.unjudged.is_empty() {
        output.log().print(unjudged_line(&selected.unjudged));
    }
    match selected.unread {
        None => Ok(()),
        Some(error) => Err(error.into()),
    }
}

/// Counts the gateways that the project may use or not, and names the first.
fn unjudged_line(gateways: &[Gateway]) -> String {
    const MOST: usize = 5;
    let names = gateways.iter().take(MOST);
    let names: Vec<String> = names.map(|it| format!("{} ({})", it.name, it.id)).collect();
    let rest = if gateways.len() > MOST { ", …" } else { "" };
    format!(
        "cannot judge {} of the gateways, because {}: {}{rest}",
        gateways.len(),
        UnjudgedReason::UnknownLabels,
        names.join(", ")
    )
}
