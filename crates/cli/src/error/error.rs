//! The error of a command: an exit code and one line for stderr.

use std::error::Error as _;
use std::fmt::Display;
use std::io;
use std::process::ExitCode;

use gatelet_transport::{ErrorKind, PageToken, TooLarge, TransportError, Violation};

use crate::error::exit::Exit;
use crate::error::parameter_names;
use crate::error::refusal::Refusal;
use crate::error::report::{CallFailure, ErrorFormat, ErrorObject, truncate};
use crate::error::setting_names::SettingNames;
use crate::terminal::{eprint_json, eprint_line, quote_for_shell};

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct CliError {
    exit: Exit,
    /// The line for stderr; `None` prints nothing.
    line: Option<String>,
    /// The failed call, if that is the reason.
    call: Option<Box<CallFailure>>,
    /// Where a list continues.
    page_token: Option<String>,
    /// The profile that it is about, if the command runs with several.
    profile: Option<String>,
    /// The errors of which this one is the sum, such as those of lists that could not be read.
    parts: Vec<CliError>,
}

/// What is left of a list that was printed in part.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rest<'a> {
    /// The rest of the limit, if there is one.
    pub(crate) limit: Option<usize>,
    /// The profile, if the command runs with several.
    pub(crate) profile: Option<&'a str>,
}

impl CliError {
    /// Creates an error that prints `line`.
    pub(crate) fn new(exit: Exit, line: impl Display) -> Self {
        Self {
            exit,
            line: Some(line.to_string()),
            call: None,
            page_token: None,
            profile: None,
            parts: Vec::new(),
        }
    }

    /// Creates an error of the command line, a setting or an input.
    pub(crate) fn usage(line: impl Display) -> Self {
        Self::new(Exit::Usage, line)
    }

    /// Creates the error of a command that needs profiles where there is no configuration.
    pub(crate) fn no_profiles() -> Self {
        Self::new(
            Exit::NotConfigured,
            "there is no configuration with profiles; `gatelet config init` creates it",
        )
    }

    /// Creates an error of what every command needs before it begins.
    pub(crate) fn start(error: io::Error) -> Self {
        Self::new(Exit::Other, format_args!("could not start: {error}"))
    }

    /// Creates an error that prints nothing: help was printed, or the reader of stdout has left.
    pub(crate) fn silent(exit: Exit) -> Self {
        Self {
            exit,
            line: None,
            call: None,
            page_token: None,
            profile: None,
            parts: Vec::new(),
        }
    }

    /// Adds what to do, or how things stand.
    pub(crate) fn with_advice(mut self, advice: impl Display) -> Self {
        self.line = self.line.map(|line| format!("{line}; {advice}"));
        self
    }

    /// Names what the error is about, before its line.
    pub(crate) fn about(mut self, thing: impl Display) -> Self {
        self.line = self.line.map(|line| format!("{thing}: {line}"));
        self
    }

    /// Replaces the exit code, where the command knows more than the call.
    pub(crate) fn with_exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Sets the errors of which this one is the sum. They are printed before it, or in the object.
    pub(crate) fn with_parts(mut self, parts: Vec<Self>) -> Self {
        self.parts = parts;
        self
    }

    /// Sets the profile that it is about.
    pub(crate) fn of_profile(self, name: &str) -> Self {
        Self {
            profile: Some(name.to_owned()),
            ..self
        }
    }

    /// Removes secrets that a server may have put into the lines. The place where a list continues stays: it may look like one.
    pub(crate) fn redacted(self, redact: &dyn Fn(&str) -> String) -> Self {
        let parts = self.parts.into_iter();
        let redacted = |line: String| match self.page_token.as_deref() {
            Some(place) if !place.is_empty() => {
                let others: Vec<_> = line.split(place).map(redact).collect();
                others.join(place)
            }
            _ => redact(&line),
        };
        Self {
            line: self.line.map(redacted),
            parts: parts.map(|part| part.redacted(redact)).collect(),
            ..self
        }
    }

    /// Returns the exit code.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Returns the line for stderr, which is empty if nothing is printed.
    pub(crate) fn line(&self) -> &str {
        self.line.as_deref().unwrap_or_default()
    }

    /// Prints the error to stderr and returns the exit code.
    pub(crate) fn report(self, format: ErrorFormat) -> ExitCode {
        match (format, &self.line) {
            (ErrorFormat::Json, Some(_)) => eprint_json(&self.object().to_line()),
            (ErrorFormat::Line, _) => self.print_lines(""),
            (ErrorFormat::Json, None) => {}
        }
        ExitCode::from(self.exit.code())
    }

    /// Prints the lines of its parts, and then its own.
    fn print_lines(&self, subject: &str) {
        let own = self.profile.as_ref();
        let own = own.map(|name| format!("profile {name}: "));
        let subject = own.as_deref().unwrap_or(subject);
        for part in &self.parts {
            part.print_lines(subject);
        }
        if let Some(line) = &self.line {
            eprint_line(&format!("{subject}{line}"));
        }
    }

    fn object(&self) -> ErrorObject<'_> {
        ErrorObject {
            exit: self.exit,
            line: self.line(),
            call: self.call.as_deref(),
            page_token: self.page_token.as_deref(),
            profile: self.profile.as_deref(),
            parts: self.parts.iter().map(Self::object).collect(),
        }
    }
}

/// The maximum number of constraint violations in a line.
const MAX_VIOLATIONS: usize = 16;

/// Converts the error of a call, with the vendor's details and its sources.
impl From<gatelet_transport::Error> for CliError {
    fn from(error: gatelet_transport::Error) -> Self {
        Self::from_client_error(&error, &SettingNames::default())
    }
}

impl CliError {
    /// Converts the error of a call, or of building a client of these settings.
    pub(crate) fn from_client_error(
        error: &gatelet_transport::Error,
        settings: &SettingNames,
    ) -> Self {
        let mut line = parameter_names::describe(error, settings);
        for Violation { path, message, .. } in error.violations().iter().take(MAX_VIOLATIONS) {
            let said = [path, message].map(|text| truncate(text));
            let said: Vec<_> = said.into_iter().filter(|text| !text.is_empty()).collect();
            if !said.is_empty() {
                line = format!("{line}; {}", said.join(": "));
            }
        }
        line.push_str(&sources(error));
        if let ErrorKind::TooLarge {
            what: TooLarge::Body | TooLarge::Decoded,
            ..
        } = error.kind()
        {
            line = format!("{line}; --max-response raises the limit");
        }
        Self {
            call: Some(Box::new(CallFailure::from(error))),
            ..Self::new(Exit::from(error), line)
        }
    }

    /// Converts the error of a list that the command line can continue.
    pub(crate) fn from_list_error(error: &gatelet_transport::Error, rest: Rest<'_>) -> Self {
        let failure = Self::from_client_error(error, &SettingNames::default());
        // A list that failed on its first page is resumed by the same command.
        let has_begun = error.page().is_some_and(|page| page > 1);
        let is_over = matches!(failure.exit, Exit::Usage | Exit::Rejected);
        let (Some(token), true, false) = (error.resume_token(), has_begun, is_over) else {
            return failure;
        };
        failure.continued_at(token, rest)
    }

    /// Says where the list continues that the command has printed in part.
    pub(crate) fn continued_at(self, token: &PageToken, rest: Rest<'_>) -> Self {
        Self {
            page_token: Some(token.as_str().to_owned()),
            ..self.with_advice(continuation(token, rest))
        }
    }
}

/// Returns the text of a call's error, with its sources and without whether it was applied: a line would say that of one call and seem
/// to say it of all that the command did.
pub(crate) fn cause(error: &gatelet_transport::Error) -> String {
    let text = error.to_string();
    let applied = format!("{})", error.applied());
    let end = text.strip_suffix(&applied).and_then(|it| it.rfind(" ("));
    let cause = end.and_then(|end| text.get(..end)).unwrap_or(&text);
    format!("{cause}{}", sources(error))
}

/// Returns the texts of the sources of an error.
fn sources(error: &gatelet_transport::Error) -> String {
    let mut texts = String::new();
    let mut source = error.source();
    while let Some(next) = source {
        texts = format!("{texts}: {}", truncate(&next.to_string()));
        source = next.source();
    }
    texts
}

/// Returns the message of an error's source, or of the error itself.
pub(crate) fn root_message(error: &TransportError) -> String {
    let source = error.source();
    source.map_or_else(|| error.to_string(), ToString::to_string)
}

/// Says how a list is continued.
pub(crate) fn continuation(token: &PageToken, rest: Rest<'_>) -> String {
    // A token that starts with `-` would be parsed as an option without `=`.
    let token = token.as_str();
    let sign = if token.starts_with('-') { '=' } else { ' ' };
    let limit = rest.limit.map(|it| format!(" --limit {it}"));
    let limit = limit.unwrap_or_default();
    let profile = rest.profile.map(|name| format!("--profile={name}"));
    let profile = profile.map(|option| quote_for_shell(&option) + " ");
    let profile = profile.unwrap_or_default();
    let token = quote_for_shell(token);
    format!("continue with {profile}--page-token{sign}{token}{limit}")
}

/// Converts a failed write to stdout, or a refusal to write. A reader that has read enough (`| head -1`) is not an error.
impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::silent(Exit::Success);
        }
        if let Some(refusal) = error.get_ref().and_then(|it| it.downcast_ref::<Refusal>()) {
            return Self::new(refusal.exit, refusal);
        }
        Self::new(
            Exit::Other,
            format_args!("could not write to stdout: {error}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_where_a_list_continues_is_not_redacted() {
        let place = "offset=eyJpZCI6MX0";
        let mut error = CliError::new(Exit::Other, format_args!("secret: continue with {place}"));
        error.page_token = Some(place.to_owned());
        let redact = |text: &str| {
            text.replace("secret", "[redacted]")
                .replace("eyJ", "[redacted]")
        };
        let error = error.redacted(&redact);
        assert_eq!(error.line(), format!("[redacted]: continue with {place}"));
    }

    #[test]
    fn a_broken_pipe_is_a_silent_success() {
        let failure = CliError::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((failure.exit, failure.line), (Exit::Success, None));
    }
}
