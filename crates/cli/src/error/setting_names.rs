//! The names of the settings that a client was built with.

use std::fmt::Display;

/// What the user set for the parameters of a client.
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingNames(Vec<(&'static str, String)>);

impl SettingNames {
    /// Adds the name of a parameter's setting.
    pub(crate) fn with(mut self, parameter: &'static str, name: &impl Display) -> Self {
        self.0.push((parameter, name.to_string()));
        self
    }

    /// Returns the name of a parameter's setting, or what the parameter is; `None` if it is no setting.
    pub(crate) fn get(&self, parameter: &str) -> Option<String> {
        if let Some((_, name)) = self.0.iter().find(|(known, _)| *known == parameter) {
            return Some(name.clone());
        }
        let name = match parameter {
            "base_url" => "the address",
            "team_name" => "the name of the team",
            "key_id" => "the ID of the key",
            "key_secret" => "the secret of the key",
            "client_id" => "the ID of the OAuth client",
            "client_secret" => "the secret of the OAuth client",
            "scopes" => "the scopes of the OAuth client",
            "resource" => "the resource of the OAuth client",
            "token_url" => "the URL of the token endpoint",
            "token" | "token_file" => "the token",
            _ => return None,
        };
        Some(name.to_owned())
    }
}
