//! Values of path parameters, and paths.

use gatelet_models::{Operation, PathErrorKind, asa, contains_secret, dt};

/// Checks expansion and matching of paths. The first byte chooses an operation; the rest is used as a list of values, separated
/// by `0xff`, and as a path.
///
/// Values must expand to a path with the segments of the pattern that matches them again, or be rejected for a valid reason. The
/// values of a matching path must expand again.
///
/// # Panics
/// If this does not hold.
pub fn check(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else {
        return;
    };
    let operation = operation(usize::from(*choice));
    let values: Result<Vec<_>, _> = rest
        .split(|byte| *byte == 0xff)
        .map(std::str::from_utf8)
        .collect();
    if let Ok(values) = values {
        check_values(operation, &values);
    }
    if let Ok(path) = std::str::from_utf8(rest)
        && let Some(values) = operation.match_path(path)
    {
        let values: Vec<_> = values.iter().map(String::as_str).collect();
        check_values(operation, &values);
        assert!(operation.expand(&values).is_ok(), "{values:?}");
    }
}

fn operation(choice: usize) -> &'static Operation {
    let asa = asa::OperationId::ALL.iter().map(|id| id.operation());
    let dt = dt::OperationId::ALL.iter().map(|id| id.operation());
    let count = asa::OperationId::ALL.len() + dt::OperationId::ALL.len();
    asa.chain(dt).nth(choice % count).expect("an operation")
}

fn check_values(operation: &Operation, values: &[&str]) {
    let expanded = operation.expand(values);
    let are_valid =
        values.len() == operation.path_parameters().count() && values.iter().copied().all(is_valid);
    match &expanded {
        Ok(_) => assert!(are_valid, "{values:?}"),
        Err(error) if error.kind == PathErrorKind::InvisibleCharacter => {
            assert!(values.iter().any(|value| !value.is_ascii()), "{values:?}");
        }
        Err(error) if error.kind == PathErrorKind::Blank => {
            let is_blank = |value: &&str| !value.chars().any(|c| c.is_ascii_graphic());
            assert!(values.iter().any(is_blank), "{values:?}");
        }
        Err(error) if error.kind == PathErrorKind::Object => {
            let may_be = |value: &&str| value.contains(['{', '%', '\\']) || value.len() >= 32;
            assert!(values.iter().any(may_be), "{values:?}");
        }
        Err(error) if error.kind == PathErrorKind::Reserved => {
            let is_reserved = |value: &&str| {
                let mut reserved = operation.reserved.iter();
                reserved.any(|(name, words)| *name == error.parameter && words.contains(value))
            };
            assert!(values.iter().any(is_reserved), "{values:?}: {error:?}");
        }
        Err(error) => assert!(!are_valid, "{values:?}: {error:?}"),
    }
    if let Ok(path) = expanded {
        assert_eq!(
            path.matches('/').count(),
            operation.path.matches('/').count(),
            "{path}"
        );
        assert!(
            path.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte)),
            "{path}"
        );
        assert!(
            !path.split('/').any(|segment| matches!(segment, "." | "..")),
            "{path}"
        );
        let matched = operation.match_path(&path).expect("its own path");
        assert_eq!(matched, values, "{path}");
    }
}

fn is_valid(value: &str) -> bool {
    !matches!(value, "" | "." | "..")
        && value.len() <= 1024
        && value.trim() == value
        && !value.chars().any(char::is_control)
        && !contains_secret(value)
}
