//! `cargo xtask pictures`: draws what the command line tool shows in a terminal, for the README and the docs.
//!
//! Each picture is a real run against a new emulator, in the pseudo-terminal of `script` (util-linux).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anstyle_svg::Term;
use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::Workspace;

/// The folder of the pictures, relative to the workspace's root.
const FOLDER: &str = "docs/pictures";

/// A picture: its file, the columns of the terminal, and the command after `gatelet --emulator`.
struct Picture {
    file: &'static str,
    columns: u16,
    command: &'static str,
}

const PICTURES: &[Picture] = &[
    Picture {
        file: "tokens",
        columns: 100,
        command: "dt active-gate-token list",
    },
    Picture {
        file: "gateways-narrow",
        columns: 60,
        command: "asa gateway list",
    },
    Picture {
        file: "tokens-wide",
        columns: 200,
        command: "dt active-gate-token list -o wide",
    },
    Picture {
        file: "audit",
        columns: 100,
        command: "dt active-gate-token audit",
    },
    Picture {
        file: "gateways",
        columns: 100,
        command: "asa gateway list",
    },
    Picture {
        file: "rotation",
        columns: 100,
        command: "asa service-user key rotate --out key.json",
    },
];

pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result<(), Error> {
    finish("pictures", arguments)?;
    workspace.cargo_output(&["build", "--quiet", "--package=gatelet"])?;
    let program = workspace.target()?.join("debug/gatelet");
    let home = workspace.target()?.join("pictures");
    let folder = workspace.root().join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| format!("{FOLDER}: {error}"))?;
    for picture in PICTURES {
        // A new home has a new emulator.
        let _ = fs::remove_dir_all(&home);
        let made = fs::create_dir_all(&home);
        made.map_err(|error| format!("{}: {error}", home.display()))?;
        let shown = picture.shown(&program, &home)?;
        let svg = Term::new()
            .min_width_px(usize::from(picture.columns).saturating_mul(8))
            .render_svg(&shown);
        let file = PathBuf::from(FOLDER)
            .join(picture.file)
            .with_extension("svg");
        workspace.write(&file, &svg)?;
        println!("wrote {}", file.display());
    }
    Ok(())
}

impl Picture {
    /// Returns the command line and what the terminal shows after it.
    fn shown(&self, program: &Path, home: &Path) -> Result<String, Error> {
        let Self {
            columns, command, ..
        } = self;
        let line = format!(
            "stty cols {columns}; {} --emulator {command}",
            program.display()
        );
        let output = Command::new("script")
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .current_dir(home)
            .env("HOME", home)
            .env("TERM", "xterm-256color")
            .env_remove("COLUMNS")
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("NO_COLOR")
            .output()
            .map_err(|error| format!("`script` does not run: {error}"))?;
        if !output.status.success() {
            return Err(Error::Check(format!("{command}: {}", output.status)));
        }
        let shown = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
        Ok(format!("$ gatelet {command}\n{shown}"))
    }
}
