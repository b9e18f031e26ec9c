//! The forms of a file with an ActiveGate token.

use std::io;

use clap::ValueEnum;
use gatelet_models::Secret;

use crate::error::error::CliError;
use crate::output::secret_file::SecretForm;

/// The form in which a new token is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TokenForm {
    /// The token alone, and a newline
    Secret,
    /// NAME=token, a line for a file of environment variables
    Dotenv,
    /// A manifest of a Secret with the token as auth-token
    Kubernetes,
}

/// The options that choose the form.
#[derive(Debug, clap::Args)]
pub(crate) struct FormOptions {
    /// Form of what is handed over [default: secret; on stdout as -o says]
    #[arg(long, value_enum, value_name = "FORM")]
    out_format: Option<TokenForm>,
    /// Name of the variable of dotenv [default: ACTIVE_GATE_TOKEN], or of the Secret of kubernetes [default: that of the token]
    #[arg(long, value_name = "NAME", requires = "out_format")]
    out_name: Option<String>,
}

impl FormOptions {
    /// Returns the form; `None` where stdout has it, unless an option chooses one.
    ///
    /// # Errors
    /// The name does not fit the form.
    pub(crate) fn form(self, is_stdout: bool) -> Result<Option<NamedForm>, CliError> {
        let form = match self.out_format {
            None if is_stdout => return Ok(None),
            form => NamedForm {
                form: form.unwrap_or(TokenForm::Secret),
                name: self.out_name,
            },
        };
        match form.problem() {
            None => Ok(Some(form)),
            Some(problem) => Err(CliError::usage(format_args!(
                "invalid --out-name: {problem}; nothing was changed"
            ))),
        }
    }
}

/// The form with the names in it.
#[derive(Clone, Debug)]
pub(crate) struct NamedForm {
    pub(crate) form: TokenForm,
    /// The name of the variable or of the Secret, if the command line has one.
    pub(crate) name: Option<String>,
}

/// The form of a file with a token, of whichever form.
pub(crate) const TOKEN: SecretForm = SecretForm {
    thing: "token",
    id_in: |content| {
        let token = token_in(std::str::from_utf8(content).ok()?)?;
        Some(id_of(token)?.to_owned())
    },
};

/// The variable of a line without a name for it.
const VARIABLE: &str = "ACTIVE_GATE_TOKEN";

/// The longest name of a Secret.
const LONGEST_NAME: usize = 253;

impl NamedForm {
    /// Returns the problem of the name, which is not one of a variable or of a Secret.
    fn problem(&self) -> Option<&'static str> {
        let name = self.name.as_deref()?;
        let is_right = match self.form {
            TokenForm::Secret => return Some("is for --out-format dotenv and kubernetes"),
            TokenForm::Dotenv => is_variable(name),
            TokenForm::Kubernetes => is_secret_name(name),
        };
        (!is_right).then_some(match self.form {
            TokenForm::Kubernetes => {
                "must be the name of a Secret: lower-case letters, digits, `-` and `.`"
            }
            _ => "must be the name of a variable: letters, digits and `_`",
        })
    }

    /// Returns whether it has the name of a Secret.
    pub(crate) fn names_secret(&self) -> bool {
        self.form == TokenForm::Kubernetes && self.name.is_some()
    }

    /// Returns the end of the name of a file.
    pub(crate) fn extension(&self) -> &'static str {
        match self.form {
            TokenForm::Secret => "token",
            TokenForm::Dotenv => "env",
            TokenForm::Kubernetes => "yaml",
        }
    }

    /// Returns the content of a file with a token; `stem` is the name of the token without what rotations add to it.
    ///
    /// # Errors
    /// The token has characters that need quotes, which no token has.
    pub(crate) fn content(&self, token: &Secret, stem: &str) -> io::Result<Secret> {
        let token = token.expose();
        if !token.chars().all(is_of_token) {
            return Err(io::Error::other(
                "the token has characters that are not those of a token",
            ));
        }
        Ok(Secret::new(self.text(token, stem)))
    }

    fn text(&self, token: &str, stem: &str) -> String {
        match self.form {
            TokenForm::Secret => format!("{token}\n"),
            TokenForm::Dotenv => {
                format!("{}={token}\n", self.name.as_deref().unwrap_or(VARIABLE))
            }
            TokenForm::Kubernetes => {
                let name = self.name.clone().unwrap_or_else(|| secret_name(stem));
                format!(
                    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\ntype: Opaque\nstringData:\n  auth-token: {token}\n"
                )
            }
        }
    }

    /// Returns the ID of the token in a content that is one of this form and nothing else.
    pub(crate) fn id_in(&self, content: &[u8], stem: &str) -> Option<String> {
        let text = std::str::from_utf8(content).ok()?;
        let token = token_in(text)?;
        let is_it = text.trim() == self.text(token, stem).trim();
        is_it.then(|| id_of(token).map(str::to_owned))?
    }
}

/// Returns the first token in a text.
fn token_in(text: &str) -> Option<&str> {
    let words = text.split(|sign| !is_of_token(sign));
    let mut tokens = words.filter(|word| word.starts_with("dt0") && id_of(word).is_some());
    tokens.next()
}

/// Returns the ID of a token: its first two parts of three.
fn id_of(token: &str) -> Option<&str> {
    let (id, secret) = token.rsplit_once('.')?;
    let (prefix, public) = id.split_once('.')?;
    let is_whole = [prefix, public, secret].iter().all(|part| !part.is_empty());
    (is_whole && !public.contains('.')).then_some(id)
}

fn is_of_token(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | '_' | '~')
}

fn is_variable(name: &str) -> bool {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    name.chars().all(is_part)
        && !name.starts_with(|sign: char| sign.is_ascii_digit())
        && !name.is_empty()
}

fn is_secret_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME && !name.is_empty() && name == secret_name(name)
}

/// Returns the name of a Secret for a token of a name.
fn secret_name(stem: &str) -> String {
    let signs = stem.chars().map(|sign| match sign {
        '.' | '-' => sign,
        sign if sign.is_ascii_alphanumeric() => sign.to_ascii_lowercase(),
        _ => '-',
    });
    let name: String = signs.take(LONGEST_NAME).collect();
    // Each part between dots begins and ends with a letter or a digit.
    let parts = name.split('.').map(|part| part.trim_matches('-'));
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    match parts.is_empty() {
        true => "active-gate-token".to_owned(),
        false => parts.join("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN_TEXT: &str = "dt0g02.4KWZO5EF.XT47R5DRJNIAEXAMPLE";

    fn form(form: TokenForm, name: Option<&str>) -> NamedForm {
        NamedForm {
            form,
            name: name.map(str::to_owned),
        }
    }

    #[test]
    fn each_form_contains_the_token_and_is_recognized() {
        let token = Secret::new(TOKEN_TEXT);
        for (form, text) in [
            (form(TokenForm::Secret, None), format!("{TOKEN_TEXT}\n")),
            (
                form(TokenForm::Dotenv, None),
                format!("ACTIVE_GATE_TOKEN={TOKEN_TEXT}\n"),
            ),
            (
                form(TokenForm::Dotenv, Some("AG")),
                format!("AG={TOKEN_TEXT}\n"),
            ),
            (
                form(TokenForm::Kubernetes, None),
                format!(
                    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: edge-7-eu\ntype: Opaque\nstringData:\n  auth-token: {TOKEN_TEXT}\n"
                ),
            ),
        ] {
            let content = form.content(&token, "Edge 7_EU").unwrap();
            assert_eq!(content.expose(), text);
            let id = form.id_in(text.trim().as_bytes(), "Edge 7_EU");
            assert_eq!(id.as_deref(), Some("dt0g02.4KWZO5EF"));
            let id = (TOKEN.id_in)(text.as_bytes());
            assert_eq!(id.as_deref(), Some("dt0g02.4KWZO5EF"));
            let more = format!("{text}OTHER=1\n");
            assert_eq!(form.id_in(more.as_bytes(), "Edge 7_EU"), None);
        }
        for other in [
            "",
            "hunter2",
            "dt0g02.4KWZO5EF",
            "dt0g02..X",
            "a.b.c",
            "dt0g02.a.b.c",
        ] {
            assert_eq!((TOKEN.id_in)(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn a_token_that_would_need_quotes_is_not_written() {
        for token in [
            "dt0g02.A.b c",
            "dt0g02.A.b'",
            "dt0g02.A.b\nX=1",
            "dt0g02.A.b#",
        ] {
            let written = form(TokenForm::Dotenv, None).content(&Secret::new(token), "a");
            assert!(!written.unwrap_err().to_string().contains("dt0g02"));
        }
    }

    #[test]
    fn a_name_is_that_of_a_variable_or_of_a_secret() {
        for (kind, name, is_right) in [
            (TokenForm::Dotenv, "AG_TOKEN", true),
            (TokenForm::Dotenv, "", false),
            (TokenForm::Dotenv, "1A", false),
            (TokenForm::Dotenv, "A-B", false),
            (TokenForm::Dotenv, "A=B", false),
            (TokenForm::Kubernetes, "ag-token.eu", true),
            (TokenForm::Kubernetes, "", false),
            (TokenForm::Kubernetes, "AG", false),
            (TokenForm::Kubernetes, "-ag", false),
            (TokenForm::Kubernetes, "ag: x", false),
            (TokenForm::Secret, "any", false),
        ] {
            let problem = form(kind, Some(name)).problem();
            assert_eq!(problem.is_none(), is_right, "{name}");
        }
    }
}
