//! The names under which users know the libraries' parameters: options, arguments and environment variables.

use gatelet_models::{asa, dt};
use gatelet_transport::{Error, ErrorKind};

use crate::env;

/// Returns the error's text with the user's name in place of the library's parameter. `url` is the variable of the base URL.
pub(crate) fn describe(error: &Error, url: &str) -> String {
    let text = error.to_string();
    let ErrorKind::InvalidInput { parameter } = error.kind() else {
        return text;
    };
    let typed = match (*parameter, error.operation()) {
        // A page token is the only input that becomes part of a query unchanged.
        ("query", Some(operation)) if operation.starts_with("dt ") => typed_name("page_token", url),
        (parameter, _) => typed_name(parameter, url),
    };
    match typed {
        Some(typed) => text.replacen(&format!("`{parameter}`"), &typed, 1),
        None => text,
    }
}

/// Returns why a value is invalid, for a line that already names it.
pub(crate) fn reason(error: &Error) -> String {
    let text = error.to_string();
    let kind = format!("{}: ", error.kind());
    let reason = text
        .split_once(&kind)
        .map_or(text.as_str(), |(_, reason)| reason);
    let reason = reason.strip_suffix(" (not sent)").unwrap_or(reason);
    reason.to_owned()
}

/// Returns what the user typed for a parameter: an option, an argument or a variable. `url` is the variable of the base URL.
fn typed_name(parameter: &str, url: &str) -> Option<String> {
    Some(match parameter {
        "base_url" => url.to_owned(),
        "team_name" => "GATELET_ASA_TEAM".into(),
        "key_id" => "GATELET_ASA_KEY_ID".into(),
        "key_secret" => secret_variable_name("GATELET_ASA_KEY_SECRET"),
        "token" | "token_file" => secret_variable_name("GATELET_DT_TOKEN"),
        "page_size" => "--page-size".into(),
        "page_token" => "--page-token".into(),
        "query" => "--page-token or --contains".into(),
        "expiration_date" => "--expires".into(),
        _ => return argument_name(parameter),
    })
}

/// Returns the argument for a parameter in the path of an operation. The last one of a path is the id of the object itself.
fn argument_name(parameter: &str) -> Option<String> {
    let asa = asa::OperationId::ALL.iter().map(|id| id.operation());
    let dt = dt::OperationId::ALL.iter().map(|id| id.operation());
    let mut paths = asa
        .chain(dt)
        .map(|it| it.path_parameters().collect::<Vec<_>>());
    let path = paths.find(|it| it.contains(&parameter))?;
    Some(match path.last() == Some(&parameter) {
        true => "<ID>".into(),
        false => format!("<{}>", parameter.to_ascii_uppercase()),
    })
}

/// Returns the variable that a secret was read from.
fn secret_variable_name(name: &str) -> String {
    match env::non_empty(name) {
        Some(_) => name.to_owned(),
        None => format!("{name}_FILE"),
    }
}

#[cfg(test)]
mod tests {
    use gatelet_models::Operation;

    use super::*;

    // U31
    #[test]
    fn every_path_parameter_has_a_name_for_users() {
        let asa = asa::OperationId::ALL.iter().map(|id| id.operation());
        let dt = dt::OperationId::ALL.iter().map(|id| id.operation());
        for parameter in asa.chain(dt).flat_map(Operation::path_parameters) {
            assert!(typed_name(parameter, "").is_some(), "{parameter}");
        }
    }

    // U31
    #[test]
    fn an_error_names_what_the_user_typed() {
        let error =
            Error::invalid_input("page_size", "must be at least 1").with_operation("dt listTokens");
        assert_eq!(
            describe(&error, "GATELET_DT_URL"),
            "dt listTokens: invalid --page-size: must be at least 1 (not sent)"
        );
        assert_eq!(reason(&error), "must be at least 1");
        // Each line names only options of its command.
        for (operation, option) in [
            ("dt listTokens", "--page-token"),
            ("asa ListGateways", "--page-token or --contains"),
        ] {
            let error =
                Error::invalid_input("query", "contains a secret").with_operation(operation);
            let line = format!("{operation}: invalid {option}: contains a secret (not sent)");
            assert_eq!(describe(&error, "the address"), line);
        }
        let error = Error::invalid_input("base_url", "has no host");
        let text = describe(&error, "GATELET_DT_URL");
        assert_eq!(text, "invalid GATELET_DT_URL: has no host (not sent)");
    }
}
