//! The part of a token that is not secret.

/// Returns `dt0c01.<public>` of `dt0c01.<public>.<secret>`, the part that may be shown and stored.
pub(crate) fn public_part(token: &str) -> Option<&str> {
    let (public, secret) = token.rsplit_once('.')?;
    let (prefix, id) = public.split_once('.')?;
    let is_whole = !prefix.is_empty() && !id.is_empty() && !secret.is_empty();
    is_whole.then_some(public)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_part_excludes_the_secret() {
        assert_eq!(public_part("dt0c01.PUBLIC.SECRET"), Some("dt0c01.PUBLIC"));
        for token in ["", "SECRET", "dt0c01.SECRET", "..", "a..b", "a.b.", ".a.b"] {
            assert_eq!(public_part(token), None, "{token:?}");
        }
    }
}
