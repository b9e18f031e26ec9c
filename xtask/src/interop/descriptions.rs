//! `cargo xtask interop descriptions [--keep]`: runs other tools on the descriptions.
//!
//! Linters, validators and client generators are run on each description, in the versions that [`tool`] pins. Generated code is
//! compiled where its compiler is installed. It takes half an hour.

mod report;
mod report_format;
pub(crate) mod tool;
mod tool_run;

use gatelet_codegen::{Outline, VENDORS, outlines};

use super::folder::Folder;
use crate::error::Error;
use crate::workspace::Workspace;

use self::report::{Outcome, Report};
use self::tool::TOOLS;
use self::tool_run::ToolRun;

pub(crate) fn run(workspace: &Workspace, folder: &Folder) -> Result<(), Error> {
    let outlines = VENDORS.map(|vendor| outlines(workspace.root(), vendor));
    let outlines = outlines.into_iter().collect::<Result<Vec<_>, _>>()?;
    let outlines: Vec<Outline> = outlines.into_iter().flatten().collect();
    let mut report = Report::default();
    for tool in TOOLS {
        println!("interop: {} {}", tool.name, tool.package.version());
        let installed = tool.package.install(folder);
        for outline in &outlines {
            let outcome = match &installed {
                Ok(programs) => {
                    let tool_run = ToolRun {
                        tool,
                        programs,
                        outline,
                    };
                    tool_run.run(workspace, folder)?
                }
                Err(reason) => Outcome::unavailable(reason),
            };
            report.add(tool, outline.name, outcome);
        }
    }
    print!("\n{report}");
    report.finish()
}
