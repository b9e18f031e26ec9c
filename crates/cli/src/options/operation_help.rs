//! The part of a command's help that comes from the operation table.

use gatelet_models::Operation;

const SHOWN_ONCE: &str = "Prints the token with its secret, which cannot be shown again.";

/// Describes the API call of a command that prints a secret which no other command shows.
pub(crate) fn secret_help(operation: &Operation) -> String {
    format!("{SHOWN_ONCE}\n\n{}", operation_help(operation))
}

/// Describes the API call of a command: method, path, permissions and the vendor's documentation.
pub(crate) fn operation_help(operation: &Operation) -> String {
    let Operation {
        vendor,
        id,
        method,
        path,
        permissions,
        source,
        ..
    } = operation;
    let needs = match permissions {
        [] => String::new(),
        _ => format!("\n  needs {}", permissions.join(" or ")),
    };
    format!(
        "API:\n  {vendor} {id}: {} {path}{needs}\n  {source}",
        method.as_str()
    )
}
