//! The environment variables, as the help shows them.

/// Each variable with its meaning.
pub(crate) const VARIABLES: &[(&str, &str)] = &[
    (
        "GATELET_CONFIG",
        "configuration file with profiles [default: gatelet/config.toml in the configuration directory]",
    ),
    (
        "GATELET_PROFILE",
        "profile to use, unless --profile names one or the variables of its vendor below are set",
    ),
    ("GATELET_ASA_TEAM", "team name"),
    (
        "GATELET_ASA_URL",
        "URL of the API, such as that of Okta Privileged Access [default: https://app.scaleft.com]",
    ),
    ("GATELET_ASA_KEY_ID", "ID of the service user's API key"),
    (
        "GATELET_ASA_KEY_SECRET",
        "secret of the API key, or GATELET_ASA_KEY_SECRET_FILE: path of a file that contains it",
    ),
    (
        "GATELET_ASA_KEY_FILE",
        "in place of both: path of a file with the key, as `asa service-user key rotate --out` writes it",
    ),
    (
        "GATELET_DT_URL",
        "URL of the environment, such as https://abc12345.live.dynatrace.com",
    ),
    (
        "GATELET_DT_TOKEN",
        "API token or platform token, or GATELET_DT_TOKEN_FILE: path of a file that contains it",
    ),
    (
        "GATELET_DT_TOKEN_SCHEME",
        "scheme of the token, api-token or bearer [default: bearer for dt0s16. and with --api platform, else api-token]",
    ),
    (
        "GATELET_DT_OAUTH_CLIENT_ID",
        "in place of the token: ID of an OAuth client",
    ),
    (
        "GATELET_DT_OAUTH_CLIENT_SECRET",
        "secret of the OAuth client, or GATELET_DT_OAUTH_CLIENT_SECRET_FILE: path of a file that contains it",
    ),
    (
        "GATELET_DT_OAUTH_SCOPES",
        "scopes to request, separated by spaces",
    ),
    (
        "GATELET_DT_OAUTH_RESOURCE",
        "resource, such as urn:dtenvironment:abc12345 [default: the environment in the URL]",
    ),
    (
        "GATELET_DT_OAUTH_TOKEN_URL",
        "URL of the token endpoint [default: https://sso.dynatrace.com/sso/oauth2/token]",
    ),
    (
        "GATELET_DT_API",
        "API of the ActiveGate tokens, classic or platform, unless --api names it",
    ),
    ("GATELET_OUTPUT", "format of results, unless -o names it"),
    (
        "GATELET_TIMEOUT",
        "seconds that a call may take, unless --timeout names them",
    ),
    (
        "GATELET_RETRIES",
        "number of retries, unless --retries names it",
    ),
    (
        "GATELET_CA_FILE",
        "file of certificate authorities, unless --ca-file names it",
    ),
    (
        "GATELET_PIN_SHA256",
        "fingerprints of the servers, unless --pin-sha256 names them",
    ),
    (
        "GATELET_PROXY",
        "URL of a proxy, unless --proxy names it; it may contain user:password@",
    ),
    (
        "GATELET_PROXY_FROM_ENVIRONMENT",
        "1 is --proxy-from-environment",
    ),
    ("GATELET_ALLOW_HTTP", "1 is --allow-http"),
    (
        "GATELET_ALLOW_READABLE_SECRETS",
        "1 allows files of secrets that others may read",
    ),
    ("GATELET_EMULATOR_DATA", "state file of --emulator"),
    (
        "GATELET_EMULATOR_FAULTS",
        "token for emulator serve --faults, or GATELET_EMULATOR_FAULTS_FILE: path of a file that contains it",
    ),
];

/// Returns the section of the long help.
pub(crate) fn help() -> String {
    let lines = VARIABLES
        .iter()
        .map(|(name, meaning)| format!("  {name}\n      {meaning}"));
    lines.fold("Environment:".to_owned(), |text, lines| {
        format!("{text}\n{lines}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::key::KEYS;

    #[test]
    fn the_help_has_every_variable_of_a_setting() {
        let help = help();
        let variables = KEYS.iter().flat_map(|key| key.variables);
        for variable in variables.filter(|it| it.starts_with("GATELET_")) {
            let is_there = help.split([' ', '\n', ':']).any(|word| word == *variable);
            assert!(is_there, "{variable}");
        }
    }
}
