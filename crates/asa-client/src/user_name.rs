//! The names of service users.

/// Returns whether a text can be the name of a service user, which is a segment of paths.
pub(crate) fn is_name(text: &str) -> bool {
    !matches!(text.trim(), "" | "." | "..") && !text.contains(char::is_control)
}
