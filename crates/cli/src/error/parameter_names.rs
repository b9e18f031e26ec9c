//! The names under which users know the libraries' parameters: options, arguments, variables and keys of a profile.

use gatelet_models::{Method, Operation, asa, dt};
use gatelet_transport::{Error, ErrorKind};

use crate::error::setting_names::SettingNames;

/// Returns the error's text with the user's name in place of the library's parameter.
pub(crate) fn describe(error: &Error, settings: &SettingNames) -> String {
    let text = error.to_string();
    let ErrorKind::InvalidInput { parameter } = error.kind() else {
        return text;
    };
    let typed = match (*parameter, error.operation()) {
        // A page token is the only input that becomes part of a query unchanged.
        ("query", Some(operation)) if operation.starts_with("dt ") => {
            typed_name("page_token", None, settings)
        }
        (parameter, operation) => typed_name(parameter, operation.and_then(find), settings),
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

fn operations() -> impl Iterator<Item = &'static Operation> {
    let asa = asa::OperationId::ALL.iter().map(|id| id.operation());
    let dt = dt::OperationId::ALL.iter().map(|id| id.operation());
    asa.chain(dt)
}

fn find(name: &str) -> Option<&'static Operation> {
    operations().find(|operation| operation.name == name)
}

/// Returns what the user typed or set for a parameter: an option, an argument or a setting.
fn typed_name(
    parameter: &str,
    operation: Option<&Operation>,
    settings: &SettingNames,
) -> Option<String> {
    let own = operation.and_then(|it| own_name(it, parameter));
    // An operation may have the id of a key, too.
    let is_own = parameter == "key_id" && own.is_some();
    if let (false, Some(setting)) = (is_own, settings.get(parameter)) {
        return Some(setting);
    }
    Some(match parameter {
        "page_size" => "--page-size".into(),
        "page_token" => "--page-token".into(),
        "query" => "--page-token or --contains".into(),
        "expiration_date" => "--expires".into(),
        "description" => "--description".into(),
        "active_gate_type" => "--type".into(),
        "target_version" => "<VERSION>".into(),
        _ => return own,
    })
}

/// Returns the argument or the option for a parameter of an operation. The last one of a path is the id of the object itself, unless
/// the operation creates or lists objects in it.
fn own_name(operation: &Operation, parameter: &str) -> Option<String> {
    let mut path = operation.path_parameters();
    if path.any(|it| it == parameter) {
        let is_parent = path.next().is_some()
            || operation.method == Method::Post
            || ["/projects", "/server_enrollment_tokens"]
                .iter()
                .any(|list| operation.path.ends_with(list));
        return Some(match parameter {
            "user_name" => "<NAME>".into(),
            _ if is_parent => format!("<{}>", words(parameter, '_').to_ascii_uppercase()),
            "project_name" => "<NAME>".into(),
            _ => "<ID>".into(),
        });
    }
    let mut query = operation.query.iter();
    let found = query.find(|it| it.name == parameter)?;
    Some(match found.name {
        // `x-rust-name` of the description.
        "version" => "--active-gate-version".into(),
        name => format!("--{}", words(name, '-')),
    })
}

/// Separates the words of a name in camel case.
fn words(name: &str, separator: char) -> String {
    name.chars().fold(String::new(), |mut words, letter| {
        words.extend(letter.is_ascii_uppercase().then_some(separator));
        words.push(letter.to_ascii_lowercase());
        words
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // U31
    #[test]
    fn every_path_parameter_has_a_name_for_users() {
        for operation in operations() {
            for parameter in operation.path_parameters() {
                let name = typed_name(parameter, Some(operation), &SettingNames::default());
                assert!(name.is_some(), "{parameter}");
            }
        }
    }

    // U31
    #[test]
    fn an_error_names_what_the_user_typed() {
        let url = SettingNames::default().with("base_url", &"GATELET_DT_URL");
        let error =
            Error::invalid_input("page_size", "must be at least 1").with_operation("dt listTokens");
        assert_eq!(
            describe(&error, &url),
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
            assert_eq!(describe(&error, &SettingNames::default()), line);
        }
        for (operation, parameter, name) in [
            ("dt getAllActiveGates", "version", "--active-gate-version"),
            ("dt getAllUpdateJobList", "startVersion", "--start-version"),
            (
                "asa CreateServerEnrollmentToken",
                "description",
                "--description",
            ),
            ("asa GetServiceUser", "user_name", "<NAME>"),
            ("asa DeleteServiceUserKey", "user_name", "<NAME>"),
            ("asa DeleteServiceUserKey", "key_id", "<ID>"),
            ("dt getUpdateJobByJobIdForAg", "agId", "<AG_ID>"),
            ("dt getUpdateJobByJobIdForAg", "jobId", "<ID>"),
            ("dt getOneActiveGateById", "agId", "<ID>"),
        ] {
            let error = Error::invalid_input(parameter, "is wrong").with_operation(operation);
            let line = format!("{operation}: invalid {name}: is wrong (not sent)");
            assert_eq!(describe(&error, &SettingNames::default()), line);
        }
        let error = Error::invalid_input("base_url", "has no host");
        let text = describe(&error, &url);
        assert_eq!(text, "invalid GATELET_DT_URL: has no host (not sent)");
        let text = describe(&error, &SettingNames::default());
        assert_eq!(text, "invalid the address: has no host (not sent)");
    }
}
