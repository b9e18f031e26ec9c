//! `gatelet version`.

use serde::Serialize;

use crate::error::error::CliError;
use crate::output::output::Output;
use crate::output::record::{Column, Record};
use crate::output::stdout::Stdout;

/// Prints how this program was built.
#[derive(Debug, clap::Args)]
pub(crate) struct Version {
    /// Print a JSON object, as `-o json` does
    #[arg(long)]
    pub(crate) json: bool,
}

impl Version {
    /// Prints one record.
    pub(crate) fn run(self, output: &mut Output<Stdout>) -> Result<(), CliError> {
        Ok(output.item(Build::this())?)
    }
}

/// A build of the program.
#[derive(Debug, Serialize)]
struct Build {
    version: &'static str,
    /// The commit that it was built from, if that was known.
    commit: Option<&'static str>,
    /// The features that are not in every build.
    features: Vec<&'static str>,
    target: &'static str,
}

impl Build {
    fn this() -> Self {
        let features = [("jq", cfg!(feature = "jq"))];
        let features = features.into_iter().filter(|(_, is_there)| *is_there);
        Self {
            version: env!("CARGO_PKG_VERSION"),
            commit: Some(env!("GATELET_BUILD_COMMIT")).filter(|it| !it.is_empty()),
            features: features.map(|(name, _)| name).collect(),
            target: env!("GATELET_BUILD_TARGET"),
        }
    }
}

impl Record for Build {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("VERSION", |build| Some(build.version.to_owned())),
        Column::text("COMMIT", |build| build.commit.map(str::to_owned)),
        Column::text("FEATURES", |build| match build.features.is_empty() {
            true => None,
            false => Some(build.features.join(", ")),
        }),
        Column::text("TARGET", |build| Some(build.target.to_owned())),
    ];
}
