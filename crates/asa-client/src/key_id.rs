//! Compares ids of keys.

use gatelet_models::asa::ServiceUserKeyId;

/// Returns whether two ids name one key.
pub(crate) fn is_same_key(one: &ServiceUserKeyId, other: &ServiceUserKeyId) -> bool {
    is_same_id(one.as_str(), other.as_str())
}

/// Returns whether two texts are one id: the same text, or the same UUID in any of the forms that a server may take, which are upper
/// case, without hyphens, in braces and with `urn:uuid:`.
pub(crate) fn is_same_id(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || uuid_digits(one).is_some_and(|one| uuid_digits(other) == Some(one))
}

/// Returns the 32 hexadecimal digits of a UUID in lower case; `None` if the text is not a UUID.
fn uuid_digits(id: &str) -> Option<String> {
    let id = id.trim().to_ascii_lowercase();
    let digits = id.strip_prefix("urn:uuid:").unwrap_or(&id);
    let digits = digits.replace(['-', '{', '}'], "");
    let is_uuid = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_uuid.then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::is_same_id;

    #[test]
    fn a_uuid_is_the_same_id_in_each_of_its_forms() {
        let id = "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0e0001";
        for same in [
            "5C1F3F0E-3A52-4A35-9A0C-2F6B6A0E0001",
            "5c1f3f0e3a524a359a0c2f6b6a0e0001",
            "{5c1f3f0e-3a52-4a35-9a0c-2f6b6a0e0001}",
            "urn:uuid:5c1f3f0e-3a52-4a35-9a0c-2f6b6a0e0001",
        ] {
            assert!(is_same_id(id, same), "{same}");
        }
        assert!(!is_same_id(id, "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0e0002"));
        assert!(is_same_id("Odd", "odd") && !is_same_id("odd", "even"));
    }
}
