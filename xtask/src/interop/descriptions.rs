//! `cargo xtask interop descriptions [--keep]`: runs other tools on the descriptions.
//!
//! Linters, validators and client generators are run on each description, in the versions that [`tool`] pins. Generated code is
//! compiled where its compiler is installed. It takes half an hour.

mod report;
mod report_format;
pub(crate) mod tool;
mod tool_run;

use gatelet_codegen::{VENDORS, outline};

use super::folder::Folder;
use crate::error::Error;
use crate::workspace::Workspace;

use self::report::{Outcome, Report};
use self::tool::TOOLS;
use self::tool_run::ToolRun;

pub(crate) fn run(workspace: &Workspace, folder: &Folder) -> Result<(), Error> {
    let outlines = VENDORS.map(|vendor| outline(workspace.root(), vendor));
    let mut report = Report::default();
    for tool in TOOLS {
        println!("interop: {} {}", tool.name, tool.package.version());
        let installed = tool.package.install(folder);
        for (vendor, outline) in VENDORS.iter().map(|it| it.name).zip(&outlines) {
            let outline = outline.as_ref().map_err(Clone::clone)?;
            let outcome = match &installed {
                Ok(programs) => {
                    let tool_run = ToolRun {
                        tool,
                        programs,
                        vendor,
                        outline,
                    };
                    tool_run.run(workspace, folder)?
                }
                Err(reason) => Outcome::unavailable(reason),
            };
            report.add(tool, vendor, outcome);
        }
    }
    print!("\n{report}");
    report.finish()
}
