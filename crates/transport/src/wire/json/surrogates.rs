//! Unpaired surrogates, which JSON allows in escapes but text cannot represent.

/// Replaces each unpaired surrogate in JSON text by U+FFFD; returns `None` if there is none.
pub(super) fn replace_lone(text: &str) -> Option<String> {
    let mut whole = String::with_capacity(text.len());
    let mut has_half = false;
    let mut rest = text;
    while let Some((before, escape)) = rest.find('\\').map(|at| rest.split_at(at)) {
        whole.push_str(before);
        let (first, second) = (code_unit(escape), escape.get(6..).and_then(code_unit));
        let length = match (first, second) {
            // A backslash and the character that it escapes, which is not a surrogate.
            (None, _) => 1 + escape.chars().nth(1).map_or(0, char::len_utf8),
            (Some(first), _) if char::from_u32(first.into()).is_some() => 6,
            (Some(first), Some(second)) if is_pair(first, second) => 12,
            (Some(_), _) => {
                has_half = true;
                whole.push_str("\\ufffd");
                rest = escape.get(6..)?;
                continue;
            }
        };
        let (escape, after) = escape.split_at_checked(length)?;
        whole.push_str(escape);
        rest = after;
    }
    whole.push_str(rest);
    has_half.then_some(whole)
}

/// Returns the UTF-16 code unit of an escape at the start of a text.
fn code_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_unit = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| is_unit)
}

fn is_pair(first: u16, second: u16) -> bool {
    char::decode_utf16([first, second])
        .next()
        .is_some_and(|it| it.is_ok())
}

#[cfg(test)]
mod tests {
    use super::replace_lone;

    #[test]
    fn only_unpaired_surrogates_are_replaced() {
        for (text, expected) in [
            (r#"{"\ud800":"a\uDC00b"}"#, r#"{"\ufffd":"a\ufffdb"}"#),
            (r#""\ud800\ud834\udd1e""#, r#""\ufffd\ud834\udd1e""#),
            (r#""\ud800\u0041\n\\\"""#, r#""\ufffd\u0041\n\\\"""#),
        ] {
            assert_eq!(replace_lone(text).as_deref(), Some(expected));
        }
        for text in [
            "",
            "{}",
            r#""\ud834\udd1e \\ud800 \u00e9 \"""#,
            r#""\ud8"#,
            r#""\u+800""#,
            "\\",
            "\\é\\u日本",
        ] {
            assert_eq!(replace_lone(text), None, "{text}");
        }
    }
}
