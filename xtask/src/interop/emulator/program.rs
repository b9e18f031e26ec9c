//! The programs: the package that each checks, and its script.

use super::super::package::{Package, Registry};

/// A script that calls the emulator through a client of others.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) package: Package,
    /// The script, in `xtask/src/interop/programs`.
    pub(crate) script: &'static str,
    /// The vendor of its operations.
    pub(crate) vendor: &'static str,
    /// Operations that the client does not have. Of all others the script must have a check.
    pub(crate) lacks: &'static [&'static str],
}

pub(crate) const PROGRAMS: &[Program] = &[
    Program {
        package: Package {
            registry: Registry::Npm,
            specs: &[
                "@dynatrace-sdk/client-classic-environment-v2@9.0.1",
                // It asks for a version that the registry does not have.
                "@dynatrace-sdk/http-client@1.3.1",
            ],
        },
        script: "dynatrace_sdk.mjs",
        vendor: "dt",
        lacks: &[],
    },
    Program {
        package: Package {
            registry: Registry::Npm,
            specs: &[
                "@dynatrace-sdk/client-classic-environment-v2@5.2.3",
                "@dynatrace-sdk/http-client@1.3.1",
            ],
        },
        script: "dynatrace_sdk.mjs",
        vendor: "dt",
        lacks: &["getTokenEnforcement"],
    },
    Program {
        package: Package {
            registry: Registry::PyPi,
            specs: &["dt==1.2.2", "requests==2.34.2"],
        },
        script: "dt.py",
        vendor: "dt",
        lacks: &["getActiveGateGroups", "getTokenEnforcement"],
    },
];
