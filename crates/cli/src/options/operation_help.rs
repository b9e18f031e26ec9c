//! What the operations' own table adds to the help of a command.

use gatelet_models::Operation;

/// The call behind a command: what it needs, and where the vendor documents it.
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
