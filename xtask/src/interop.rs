//! `cargo xtask interop descriptions [--keep]`: runs other tools on the descriptions.
//!
//! Linters, validators and client generators from PyPI and npm are installed into a temporary folder, in the versions that
//! [`tool`] pins, and run on each description. Generated code is compiled where its compiler is installed. Continuous
//! integration does not run this: it needs registries, and takes half an hour.

mod folder;
mod package;
mod report;
mod report_format;
mod tool;
mod tool_run;

use gatelet_codegen::{VENDORS, outline};

use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::Workspace;

use self::folder::Folder;
use self::report::{Outcome, Report};
use self::tool::TOOLS;
use self::tool_run::ToolRun;

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let what = arguments.subcommand()?;
    let keep = arguments.contains("--keep");
    finish("interop", arguments)?;
    match what.as_deref() {
        Some("descriptions") => descriptions(workspace, keep),
        _ => Err(Error::Usage("`interop` needs `descriptions`".into())),
    }
}

fn descriptions(workspace: &Workspace, keep: bool) -> Result<(), Error> {
    let folder = Folder::new(keep)?;
    println!("interop: working in {}", folder.path().display());
    let outlines = VENDORS.map(|vendor| outline(workspace.root(), vendor));
    let mut report = Report::default();
    for tool in TOOLS {
        println!("interop: {} {}", tool.name, tool.package.version());
        let installed = tool.package.install(&folder);
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
                    tool_run.run(workspace, &folder)?
                }
                Err(reason) => Outcome::unavailable(reason),
            };
            report.add(tool, vendor, outcome);
        }
    }
    print!("\n{report}");
    report.finish()
}
