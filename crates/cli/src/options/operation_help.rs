//! The part of a command's help that comes from the operation table.

use gatelet_models::Operation;

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
