//! What the user typed for a parameter of the libraries.

use gatelet_transport::{Error, ErrorKind};

use crate::env;

/// What an error says, with what the user typed in the place of a library's parameter. `url` is the variable of the address.
pub(crate) fn describe(error: &Error, url: &str) -> String {
    let text = error.to_string();
    let ErrorKind::InvalidInput { parameter } = error.kind() else {
        return text;
    };
    let typed = match (*parameter, error.operation()) {
        // Nothing else comes into a query as it was typed.
        ("query", Some(operation)) if operation.starts_with("dt ") => user_name("page_token", url),
        (parameter, _) => user_name(parameter, url),
    };
    match typed {
        Some(typed) => text.replacen(&format!("`{parameter}`"), &typed, 1),
        None => text,
    }
}

/// What is wrong with a value, for a line that names it already.
pub(crate) fn reason(error: &Error) -> String {
    let text = error.to_string();
    let problem = text.split_once(" cannot be used: ");
    let problem = problem.map_or(text.as_str(), |(_, problem)| problem);
    problem
        .strip_suffix(" (not sent)")
        .unwrap_or(problem)
        .to_owned()
}

fn user_name(parameter: &str, url: &str) -> Option<String> {
    Some(match parameter {
        "base_url" => url.to_owned(),
        "team_name" => "GATELET_ASA_TEAM".into(),
        "key_id" => "GATELET_ASA_KEY_ID".into(),
        "key_secret" => secret_variable("GATELET_ASA_KEY_SECRET"),
        "token" | "token_file" => secret_variable("GATELET_DT_TOKEN"),
        "page_size" => "--page-size".into(),
        "page_token" => "--page-token".into(),
        "query" => "--page-token or --contains".into(),
        "expiration_date" => "--expires".into(),
        "activeGateTokenIdentifier" | "gateway_id" | "gateway_setup_token_id" => "the id".into(),
        _ => return None,
    })
}

/// The variable that gives a secret: its own, or that of its file.
fn secret_variable(name: &str) -> String {
    match env::non_empty(name) {
        Some(_) => name.to_owned(),
        None => format!("{name}_FILE"),
    }
}

#[cfg(test)]
mod tests {
    use gatelet_models::{Operation, asa, dt};

    use super::*;

    // U31
    #[test]
    fn every_parameter_of_a_path_has_a_name_that_users_know() {
        let asa = asa::OperationId::ALL.iter().map(|id| id.operation());
        let dt = dt::OperationId::ALL.iter().map(|id| id.operation());
        for parameter in asa.chain(dt).flat_map(Operation::path_parameters) {
            assert!(user_name(parameter, "").is_some(), "{parameter}");
        }
    }

    // U31
    #[test]
    fn an_error_names_what_the_user_typed() {
        let error =
            Error::invalid_input("page_size", "must be at least 1").with_operation("dt listTokens");
        assert_eq!(
            describe(&error, "GATELET_DT_URL"),
            "dt listTokens: --page-size cannot be used: must be at least 1 (not sent)"
        );
        assert_eq!(reason(&error), "must be at least 1");
        // Each names only what its command has.
        for (operation, option) in [
            ("dt listTokens", "--page-token"),
            ("asa ListGateways", "--page-token or --contains"),
        ] {
            let error = Error::invalid_input("query", "holds a secret").with_operation(operation);
            let line = format!("{operation}: {option} cannot be used: holds a secret (not sent)");
            assert_eq!(describe(&error, "the address"), line);
        }
        let error = Error::invalid_input("base_url", "has no host");
        let said = describe(&error, "GATELET_DT_URL");
        assert_eq!(
            said,
            "GATELET_DT_URL cannot be used: has no host (not sent)"
        );
    }
}
