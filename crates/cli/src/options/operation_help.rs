//! The part of a command's help that comes from the operation table.

use gatelet_models::{Operation, dt};

/// The words of a command, the function that describes its operation, and the operation.
pub(crate) type OperationHelp = (&'static str, fn(&Operation) -> String, &'static Operation);

const SHOWN_ONCE: &str = "Prints the token with its secret, which cannot be shown again.";

const HANDED_OVER: &str = "Prints the key with its secret, which cannot be shown again, unless `--out` or `--out-command` takes it.";

const OWN_KEY: &str =
    "Lists the keys of the service user, and warns on stderr if the key in use has an expiry date.";

/// Describes the API call of a command that prints a secret which no other command shows.
pub(crate) fn secret_help(operation: &Operation) -> String {
    format!("{SHOWN_ONCE}\n\n{}", operation_help(operation))
}

/// Describes the API call of a command that prints a new key, or hands it over.
pub(crate) fn new_key_help(operation: &Operation) -> String {
    format!("{HANDED_OVER}\n{}", own_key_help(operation))
}

/// Describes the API call of a command that reads the keys of the service user, too.
pub(crate) fn own_key_help(operation: &Operation) -> String {
    format!("{OWN_KEY}\n\n{}", operation_help(operation))
}

/// Describes the API call of a command: method, path, permissions and the vendor's documentation; and the same of the operation of another
/// API that stands in for it.
pub(crate) fn operation_help(operation: &Operation) -> String {
    let own = format!("API:\n{}", call(operation));
    let mut all = dt::OperationId::ALL.iter().map(|id| id.operation());
    match all.find(|it| it.vendor == operation.vendor && it.alternative_to == Some(operation.id)) {
        Some(other) => format!("{own}\nWith --api platform:\n{}", call(other)),
        None => own,
    }
}

/// Describes the API calls of a command that is not that of one operation.
pub(crate) fn operations_help(operations: &[&Operation]) -> String {
    let calls: Vec<String> = operations.iter().map(|it| call(it)).collect();
    format!("API calls:\n{}", calls.join("\n"))
}

fn call(operation: &Operation) -> String {
    let Operation {
        vendor,
        id,
        method,
        path,
        permissions,
        deprecated,
        source,
        ..
    } = operation;
    let needs = match permissions {
        [] => String::new(),
        _ => format!("\n  needs {}", permissions.join(" or ")),
    };
    let deprecated = match deprecated {
        None => String::new(),
        Some(text) => format!("\n  deprecated {text}"),
    };
    format!(
        "  {vendor} {id}: {} {path}{needs}{deprecated}\n  {source}",
        method.as_str()
    )
}
