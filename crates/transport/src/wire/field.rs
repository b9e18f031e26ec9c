//! Header fields as lists: two lines of a field mean the same as one line with a comma.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Returns the members of a comma-separated field (RFC 9110, 5.6.1) over all its lines. Quoted commas do not separate;
/// empty members and non-ASCII lines are left out.
pub(crate) fn members<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(split)
        .filter(|member| !member.is_empty())
}

/// Returns the value of a singleton field, or `None` if its lines disagree, because it is unclear which one applies.
pub(crate) fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut lines = headers.get_all(name).iter();
    let first = lines.next()?;
    lines
        .all(|line| line.as_bytes() == first.as_bytes())
        .then_some(first)
}

/// Splits a list at its commas.
pub(crate) fn split(line: &str) -> impl Iterator<Item = &str> {
    split_at(line, ',')
}

/// Splits a text at a separator outside quotes.
pub(crate) fn split_at(line: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    line.split(move |character| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match character {
            '\\' => is_escaped = is_quoted && !was_escaped,
            '"' if !was_escaped => is_quoted = !is_quoted,
            other if other == separator => return !is_quoted,
            _ => {}
        }
        false
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::{members, single};

    fn vary(lines: &[&[u8]]) -> HeaderMap {
        let lines = lines.iter();
        let lines = lines.map(|line| HeaderValue::from_bytes(line).unwrap());
        lines.map(|line| (header::VARY, line)).collect()
    }

    #[test]
    fn a_field_on_two_lines_is_one_list() {
        let of = |lines: &[&[u8]]| -> Vec<String> {
            let headers = vary(lines);
            let members = members(&headers, &header::VARY);
            members.map(str::to_owned).collect()
        };
        assert!(of(&[]).is_empty());
        assert_eq!(of(&[b"a, b", b"c"]), ["a", "b", "c"]);
        assert_eq!(of(&[b" a ,,", b"", b"\xff", b"b"]), ["a", "b"]);
        assert_eq!(
            of(&[br#"a; x="b,c\",d", e"#, br#"f="\\", g"#]),
            [r#"a; x="b,c\",d""#, "e", r#"f="\\""#, "g"]
        );
    }

    #[test]
    fn a_singleton_field_is_read_if_its_lines_agree() {
        let of = |lines: &[&[u8]]| {
            let headers = vary(lines);
            single(&headers, &header::VARY).map(|value| value.as_bytes().to_owned())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[b"a, b"]).unwrap(), b"a, b");
        assert_eq!(of(&[b"a", b"a"]).unwrap(), b"a");
        assert_eq!(of(&[b"a", b"b"]), None);
    }
}
