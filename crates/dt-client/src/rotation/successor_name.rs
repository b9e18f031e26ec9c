//! The names of tokens that replace others.

use gatelet_models::dt::{ActiveGateToken, ActiveGateTokenId};

/// What separates the name of the first token from what is added to it.
const MARK: &str = "-rotated-";

/// The number of hexadecimal digits of each of the two numbers after the mark.
const DIGITS: usize = 8;

/// The number of characters that a name may have at least. No limit is documented, so a name that exists may have more.
const LENGTH: usize = 100;

/// Returns the name without what a rotation added to it.
pub(crate) fn stem(name: &str) -> &str {
    parts(name).map_or(name, |(stem, _)| stem)
}

/// Returns whether a rotation has made the name.
pub(crate) fn is_successor(name: &str) -> bool {
    parts(name).is_some()
}

/// Returns whether a rotation has made the name for the successor of a token.
pub(crate) fn is_successor_of(name: &str, old: &ActiveGateToken) -> bool {
    let Some((stem_of_it, of)) = parts(name) else {
        return false;
    };
    // A long stem may have been cut.
    let is_stem = old
        .name
        .as_deref()
        .is_some_and(|old| stem(old).starts_with(stem_of_it));
    is_stem && of == digest(&old.id)
}

/// Returns the name of a successor: the stem of the old name, a number that only the old token has, and one that only this successor has.
pub(crate) fn successor_name(old_name: &str, old: &ActiveGateTokenId, unique: u32) -> String {
    let suffix = format!("{MARK}{}-{unique:08x}", digest(old));
    let longest = LENGTH.max(old_name.chars().count());
    let kept = longest.saturating_sub(suffix.len());
    let stem: String = stem(old_name).chars().take(kept).collect();
    format!("{stem}{suffix}")
}

/// Returns the stem of a name that a rotation has made, and which token it was for.
fn parts(name: &str) -> Option<(&str, &str)> {
    let (stem, numbers) = name.rsplit_once(MARK)?;
    let (of, unique) = numbers.split_once('-')?;
    let is_number = |text: &str| {
        let mut bytes = text.bytes();
        text.len() == DIGITS && bytes.all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    };
    (!stem.is_empty() && is_number(of) && is_number(unique)).then_some((stem, of))
}

/// Returns the number of an id: its FNV-1a hash, which is the same in every version of this crate.
fn digest(id: &ActiveGateTokenId) -> String {
    let bytes = id.as_str().bytes();
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(id: &str, name: &str) -> ActiveGateToken {
        let created = gatelet_models::Timestamp::from_unix_millis(0);
        ActiveGateToken::new(id, created).with_name(name)
    }

    #[test]
    fn a_suffix_is_replaced_and_not_stacked() {
        let first = successor_name("edge-7", &"dt0g02.A".into(), 1);
        let second = successor_name(&first, &"dt0g02.B".into(), 2);
        assert_eq!(first, "edge-7-rotated-eadacda3-00000001");
        assert_eq!(stem(&second), "edge-7");
        assert_eq!(second.len(), first.len());
        assert!(is_successor_of(&first, &token("dt0g02.A", "edge-7")));
        assert!(is_successor_of(&second, &token("dt0g02.B", &first)));
        assert!(!is_successor_of(&second, &token("dt0g02.A", "edge-7")));
        assert!(!is_successor_of(&first, &token("dt0g02.A", "edge-8")));
    }

    #[test]
    fn a_name_of_a_person_is_its_own_stem() {
        for name in [
            "",
            "edge",
            "edge-rotated",
            "edge-rotated-",
            "edge-rotated-29178a9b",
            "edge-rotated-29178a9b-0000000",
            "edge-rotated-29178A9B-00000001",
            "edge-rotated-29178a9b-00000001-old",
            "-rotated-29178a9b-00000001",
        ] {
            assert_eq!(stem(name), name);
            assert!(!is_successor(name), "{name}");
        }
    }

    #[test]
    fn a_long_stem_is_cut_once() {
        let name = "ü".repeat(90);
        let first = successor_name(&name, &"a".into(), 1);
        assert_eq!(first.chars().count(), 100);
        assert!(is_successor_of(&first, &token("a", &name)));
        let second = successor_name(&first, &"b".into(), 2);
        assert_eq!(stem(&second), stem(&first));
        // What the environment has accepted is not too long.
        let name = "x".repeat(300);
        assert_eq!(successor_name(&name, &"a".into(), 1).len(), 300);
    }
}
