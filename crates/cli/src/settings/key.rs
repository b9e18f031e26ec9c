//! The settings that a profile may have, and the variables that set the same.

use gatelet_models::contains_secret;
use gatelet_transport::BaseUrl;
use toml_edit::Item;

use crate::error::parameter_names;
use crate::nearest::nearest_of;
use crate::settings::form::{Form, texts};

/// The vendor whose address or credential a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vendor {
    Asa,
    Dt,
}

impl Vendor {
    /// Returns the table of the vendor in a profile, which is the name of its command, too.
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Asa => "asa",
            Self::Dt => "dt",
        }
    }
}

/// A setting that is a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// Its name in a profile, such as `dt.url`.
    pub(crate) name: &'static str,
    /// The variables that set it. Ours are first, and come before those that other tools read.
    pub(crate) variables: &'static [&'static str],
    pub(crate) form: Form,
    /// Whether it is a part of the address or the credential, which come from one source.
    pub(crate) is_source: bool,
    /// What it is, for `gatelet config list` and the template.
    pub(crate) about: &'static str,
}

impl Key {
    /// Checks a value in the file: its form, and that it is no secret.
    ///
    /// # Errors
    /// What is wrong; the value is not repeated.
    pub(crate) fn check(&self, item: &Item) -> Result<(), String> {
        self.form.check(item)?;
        let mut texts = item
            .as_str()
            .into_iter()
            .chain(texts(item).unwrap_or_default());
        match texts.any(contains_secret) {
            true => Err("looks like a secret, which no configuration should contain".to_owned()),
            false => Ok(()),
        }
    }

    /// Checks a value that is to be written as [`check`](Self::check) does, and URLs more closely.
    ///
    /// # Errors
    /// What is wrong; the value is not repeated.
    pub(crate) fn check_strictly(&self, item: &Item) -> Result<(), String> {
        self.check(item)?;
        match (self.name, item.as_str()) {
            ("dt.url" | "asa.url", Some(url)) => BaseUrl::parse_allowing_http(url)
                .map(|_| ())
                .map_err(|error| parameter_names::reason(&error)),
            ("dt.oauth_token_url", Some(url)) => BaseUrl::parse(url)
                .map(|_| ())
                .map_err(|error| parameter_names::reason(&error)),
            _ => Ok(()),
        }
    }
}

/// A setting that is a secret. A profile contains where it is, never the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SecretKey {
    /// The key of the file that contains it.
    pub(crate) file: Key,
    /// The key of the command that prints it.
    pub(crate) command: Key,
    /// The key of the variable of the environment that contains it.
    pub(crate) variable: Key,
}

impl SecretKey {
    /// Returns the variables that contain the secret.
    pub(crate) fn variables(&self) -> &'static [&'static str] {
        self.command.variables
    }

    /// Returns the variable that names a file with the secret.
    pub(crate) fn file_variables(&self) -> &'static [&'static str] {
        self.file.variables
    }
}

pub(crate) const READONLY: Key = Key {
    name: "readonly",
    variables: &[],
    form: Form::Boolean,
    is_source: false,
    about: "refuse every change",
};

pub(crate) const ASA_TEAM: Key = Key {
    name: "asa.team",
    variables: &["GATELET_ASA_TEAM", "OKTAPAM_TEAM"],
    form: Form::Text,
    is_source: true,
    about: "team name",
};

pub(crate) const ASA_URL: Key = Key {
    name: "asa.url",
    variables: &["GATELET_ASA_URL", "OKTAPAM_API_HOST"],
    form: Form::Text,
    is_source: true,
    about: "URL of the API, such as that of Okta Privileged Access; https://app.scaleft.com if it is not set",
};

pub(crate) const ASA_KEY_ID: Key = Key {
    name: "asa.key_id",
    variables: &["GATELET_ASA_KEY_ID", "OKTAPAM_KEY"],
    form: Form::Text,
    is_source: true,
    about: "ID of the service user's API key",
};

pub(crate) const ASA_KEY_SECRET: SecretKey = SecretKey {
    file: Key {
        name: "asa.key_secret_file",
        variables: &["GATELET_ASA_KEY_SECRET_FILE"],
        form: Form::Path,
        is_source: true,
        about: "file with the secret of the API key",
    },
    command: Key {
        name: "asa.key_secret_command",
        variables: &["GATELET_ASA_KEY_SECRET", "OKTAPAM_SECRET"],
        form: Form::Command,
        is_source: true,
        about: "command that prints the secret of the API key",
    },
    variable: Key {
        name: "asa.key_secret_variable",
        variables: &[],
        form: Form::Variable,
        is_source: true,
        about: "variable of the environment with the secret of the API key",
    },
};

pub(crate) const ASA_KEY_FILE: Key = Key {
    name: "asa.key_file",
    variables: &["GATELET_ASA_KEY_FILE"],
    form: Form::Path,
    is_source: true,
    about: "file with ID and secret of the API key, as `asa service-user key rotate --out` writes it",
};

pub(crate) const DT_URL: Key = Key {
    name: "dt.url",
    variables: &["GATELET_DT_URL", "DT_ENV_URL", "DYNATRACE_ENV_URL"],
    form: Form::Text,
    is_source: true,
    about: "URL of the environment, such as https://abc12345.live.dynatrace.com",
};

pub(crate) const DT_API: Key = Key {
    name: "dt.api",
    variables: &["GATELET_DT_API"],
    form: Form::Word(&["classic", "platform"]),
    is_source: false,
    about: "API of the ActiveGate tokens, if URL and credential do not choose the right one",
};

pub(crate) const DT_TOKEN: SecretKey = SecretKey {
    file: Key {
        name: "dt.token_file",
        variables: &["GATELET_DT_TOKEN_FILE"],
        form: Form::Path,
        is_source: true,
        about: "file with the API token or platform token",
    },
    command: Key {
        name: "dt.token_command",
        variables: &[
            "GATELET_DT_TOKEN",
            "DT_API_TOKEN",
            "DYNATRACE_API_TOKEN",
            "DT_PLATFORM_TOKEN",
        ],
        form: Form::Command,
        is_source: true,
        about: "command that prints the API token or platform token",
    },
    variable: Key {
        name: "dt.token_variable",
        variables: &[],
        form: Form::Variable,
        is_source: true,
        about: "variable of the environment with the API token or platform token",
    },
};

pub(crate) const DT_TOKEN_SCHEME: Key = Key {
    name: "dt.token_scheme",
    variables: &["GATELET_DT_TOKEN_SCHEME"],
    form: Form::Word(&["api-token", "bearer"]),
    is_source: false,
    about: "scheme of the token, if not bearer for a platform token and api-token for any other",
};

pub(crate) const DT_OAUTH_CLIENT_ID: Key = Key {
    name: "dt.oauth_client_id",
    variables: &["GATELET_DT_OAUTH_CLIENT_ID"],
    form: Form::Text,
    is_source: true,
    about: "ID of an OAuth client, in place of a token",
};

pub(crate) const DT_OAUTH_CLIENT_SECRET: SecretKey = SecretKey {
    file: Key {
        name: "dt.oauth_client_secret_file",
        variables: &["GATELET_DT_OAUTH_CLIENT_SECRET_FILE"],
        form: Form::Path,
        is_source: true,
        about: "file with the secret of the OAuth client",
    },
    command: Key {
        name: "dt.oauth_client_secret_command",
        variables: &["GATELET_DT_OAUTH_CLIENT_SECRET"],
        form: Form::Command,
        is_source: true,
        about: "command that prints the secret of the OAuth client",
    },
    variable: Key {
        name: "dt.oauth_client_secret_variable",
        variables: &[],
        form: Form::Variable,
        is_source: true,
        about: "variable of the environment with the secret of the OAuth client",
    },
};

pub(crate) const DT_OAUTH_SCOPES: Key = Key {
    name: "dt.oauth_scopes",
    variables: &["GATELET_DT_OAUTH_SCOPES"],
    form: Form::Texts,
    is_source: false,
    about: "scopes to request",
};

pub(crate) const DT_OAUTH_RESOURCE: Key = Key {
    name: "dt.oauth_resource",
    variables: &["GATELET_DT_OAUTH_RESOURCE"],
    form: Form::Text,
    is_source: false,
    about: "resource, if the URL does not show the environment: urn:dtenvironment:abc12345",
};

pub(crate) const DT_OAUTH_TOKEN_URL: Key = Key {
    name: "dt.oauth_token_url",
    variables: &["GATELET_DT_OAUTH_TOKEN_URL"],
    form: Form::Text,
    is_source: true,
    about: "URL of the token endpoint, if not that of Dynatrace",
};

pub(crate) const OUTPUT_FORMAT: Key = Key {
    name: "output.format",
    variables: &["GATELET_OUTPUT"],
    form: Form::Word(&[
        "table", "wide", "json", "ndjson", "csv", "yaml", "name", "markdown",
    ]),
    is_source: false,
    about: "format of results where -o names none",
};

pub(crate) const OUTPUT_COLOR: Key = Key {
    name: "output.color",
    variables: &[],
    form: Form::Word(&["auto", "always", "never"]),
    is_source: false,
    about: "when to use colors where --color does not say",
};

pub(crate) const HTTP_CA_FILE: Key = Key {
    name: "http.ca_file",
    variables: &["GATELET_CA_FILE"],
    form: Form::Path,
    is_source: false,
    about: "PEM file of authorities to trust in addition to those of the system",
};

pub(crate) const HTTP_PIN_SHA256: Key = Key {
    name: "http.pin_sha256",
    variables: &["GATELET_PIN_SHA256"],
    form: Form::Fingerprints,
    is_source: false,
    about: "SHA-256 fingerprints of the only server certificates to accept",
};

pub(crate) const HTTP_PROXY: Key = Key {
    name: "http.proxy",
    variables: &["GATELET_PROXY"],
    form: Form::Proxy,
    is_source: false,
    about: "proxy, such as http://proxy:3128, https://…, socks5://… or socks5h://…; its credentials only in GATELET_PROXY",
};

pub(crate) const HTTP_PROXY_FROM_ENVIRONMENT: Key = Key {
    name: "http.proxy_from_environment",
    variables: &["GATELET_PROXY_FROM_ENVIRONMENT"],
    form: Form::Boolean,
    is_source: false,
    about: "use the proxies set in HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY",
};

pub(crate) const HTTP_ALLOW_HTTP: Key = Key {
    name: "http.allow_http",
    variables: &["GATELET_ALLOW_HTTP"],
    form: Form::Boolean,
    is_source: false,
    about: "send the credential to another machine without encryption, if the URL says http",
};

pub(crate) const HTTP_TIMEOUT: Key = Key {
    name: "http.timeout",
    variables: &["GATELET_TIMEOUT"],
    form: Form::Seconds,
    is_source: false,
    about: "timeout of a call in seconds, including retries",
};

pub(crate) const HTTP_RETRIES: Key = Key {
    name: "http.retries",
    variables: &["GATELET_RETRIES"],
    form: Form::Count,
    is_source: false,
    about: "how often a failed request is repeated at most, where that is safe",
};

/// The keys of a profile, in the order of the template.
pub(crate) const KEYS: &[Key] = &[
    READONLY,
    DT_URL,
    DT_API,
    DT_TOKEN.file,
    DT_TOKEN.command,
    DT_TOKEN.variable,
    DT_TOKEN_SCHEME,
    DT_OAUTH_CLIENT_ID,
    DT_OAUTH_CLIENT_SECRET.file,
    DT_OAUTH_CLIENT_SECRET.command,
    DT_OAUTH_CLIENT_SECRET.variable,
    DT_OAUTH_SCOPES,
    DT_OAUTH_RESOURCE,
    DT_OAUTH_TOKEN_URL,
    ASA_TEAM,
    ASA_URL,
    ASA_KEY_ID,
    ASA_KEY_SECRET.file,
    ASA_KEY_SECRET.command,
    ASA_KEY_SECRET.variable,
    ASA_KEY_FILE,
    OUTPUT_FORMAT,
    OUTPUT_COLOR,
    HTTP_CA_FILE,
    HTTP_PIN_SHA256,
    HTTP_PROXY,
    HTTP_PROXY_FROM_ENVIRONMENT,
    HTTP_ALLOW_HTTP,
    HTTP_TIMEOUT,
    HTTP_RETRIES,
];

/// Groups of keys of which a profile may have one.
pub(crate) const ALTERNATIVES: &[&[Key]] = &[
    &[DT_TOKEN.file, DT_TOKEN.command, DT_TOKEN.variable],
    &[
        DT_OAUTH_CLIENT_SECRET.file,
        DT_OAUTH_CLIENT_SECRET.command,
        DT_OAUTH_CLIENT_SECRET.variable,
    ],
    &[
        ASA_KEY_FILE,
        ASA_KEY_SECRET.file,
        ASA_KEY_SECRET.command,
        ASA_KEY_SECRET.variable,
    ],
    &[ASA_KEY_FILE, ASA_KEY_ID],
    &[HTTP_PROXY, HTTP_PROXY_FROM_ENVIRONMENT],
];

/// Returns the name of the key that is most similar to a text; `None` if none is similar.
pub(crate) fn nearest(text: &str) -> Option<&'static str> {
    nearest_of(text, KEYS.iter().map(|key| key.name))
}

/// Returns the key of this name.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Returns the settings of a vendor.
pub(crate) fn of_vendor(vendor: Vendor) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| {
        let table = key.name.split_once('.').map(|(table, _)| table);
        table == Some(vendor.table())
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_variables_are_unique() {
        let names = KEYS.iter().map(|key| key.name);
        let variables = KEYS.iter().flat_map(|key| key.variables);
        let all: Vec<_> = names.chain(variables.copied()).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn our_own_variables_come_first() {
        for key in KEYS {
            let own: Vec<_> = key
                .variables
                .iter()
                .map(|name| name.starts_with("GATELET_"))
                .collect();
            assert!(own.is_sorted_by(|a, b| a >= b), "{key:?}");
            assert!(own.first().is_none_or(|is_own| *is_own), "{key:?}");
        }
    }
}
