//! Parses `Link` header fields (RFC 8288), and distinguishes an absent link from an unreadable one.

use http::HeaderMap;
use http::header::LINK;

/// The links to the next page of a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Links {
    /// The targets of all links with the relation `next`, in order.
    pub(super) next: Vec<String>,
    /// Whether an unreadable part may have been a link to the next page.
    pub(super) has_unreadable: bool,
}

impl Links {
    /// Parses all `Link` lines. An unreadable part hides none of the links beside it.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut links = Self {
            next: Vec::new(),
            has_unreadable: false,
        };
        for line in headers.get_all(LINK) {
            // A parameter may contain non-ASCII bytes; invalid UTF-8 is replaced, which loses no link.
            links.read(&String::from_utf8_lossy(line.as_bytes()));
        }
        links
    }

    fn read(&mut self, line: &str) {
        let mut rest = line;
        loop {
            rest = rest.trim_start_matches([',', ' ', '\t']);
            if rest.is_empty() {
                return;
            }
            let link = read_link(rest);
            if link.is_next {
                self.next.push(link.target.to_owned());
            }
            rest = match link.end {
                Ok(after) => after,
                Err(broken) => {
                    self.has_unreadable = true;
                    broken.recover()
                }
            };
        }
    }
}

/// One link, as far as it is readable.
struct Link<'a> {
    target: &'a str,
    is_next: bool,
    /// The rest after the link, or from where it became unreadable.
    end: Result<&'a str, Broken<'a>>,
}

/// The point from which a link is unreadable.
struct Broken<'a> {
    rest: &'a str,
    within: Within,
}

/// The part of a link that is unreadable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Target,
    Parameters,
    /// Quotes that never end, or start in the wrong place.
    Quotes,
}

impl<'a> Broken<'a> {
    fn new(rest: &'a str, within: Within) -> Self {
        Self { rest, within }
    }

    /// Returns the rest from the next `<` that may start a link.
    ///
    /// Inside quotes a `<` is text. If the quoting is unclear, it starts a link only after a comma.
    fn recover(self) -> &'a str {
        let mut within = self.within;
        let mut is_after_comma = false;
        let mut rest = self.rest.chars();
        loop {
            let text = rest.as_str();
            let Some(character) = rest.next() else {
                return text;
            };
            match character {
                '<' if is_after_comma || within == Within::Parameters => return text,
                '"' if within != Within::Quotes => match read_quoted(rest.as_str()) {
                    Some((_, after)) => rest = after.chars(),
                    None => within = Within::Quotes,
                },
                _ => {}
            }
            is_after_comma = character == ',' || (is_after_comma && is_space(character));
        }
    }
}

/// Parses one link, `<target>; name=value; name="value"`, up to the comma after it or the end.
fn read_link(text: &str) -> Link<'_> {
    let broken = |rest, within| Link {
        target: "",
        is_next: false,
        end: Err(Broken::new(rest, within)),
    };
    let Some(after) = text.strip_prefix('<') else {
        return broken(text, Within::Parameters);
    };
    // A target contains neither `<` nor a relation, so a `<` before the `>` starts the next link.
    let target = after
        .find(['<', '>'])
        .map(|end| after.split_at(end))
        .and_then(|(target, rest)| Some((target, rest.strip_prefix('>')?)))
        .filter(|(target, _)| !holds_relation(target));
    let Some((target, parameters)) = target else {
        return broken(after, Within::Target);
    };
    let mut relation = None;
    let end = read_parameters(parameters, &mut relation);
    let is_next = relation.as_deref().and_then(is_next);
    let end = match (end, is_next) {
        // A link needs a relation, so one without may have been meant as the next page.
        (Ok(rest), None) => Err(Broken::new(rest, Within::Parameters)),
        (end, _) => end,
    };
    Link {
        target: target.trim(),
        is_next: is_next.unwrap_or_default(),
        end,
    }
}

/// Returns whether a target without its `>` continues up to that of another link.
fn holds_relation(target: &str) -> bool {
    let mut parameters = target
        .split(';')
        .skip(1)
        .filter_map(|it| it.split_once('='));
    parameters.any(|(name, _)| name.trim().eq_ignore_ascii_case("rel"))
}

/// Parses the parameters of a link, and returns the rest.
fn read_parameters<'a>(
    text: &'a str,
    relation: &mut Option<String>,
) -> Result<&'a str, Broken<'a>> {
    let mut rest = text;
    loop {
        rest = trim_start(rest);
        if rest.is_empty() || rest.starts_with(',') {
            return Ok(rest);
        }
        let Some(parameter) = rest.strip_prefix(';') else {
            return Err(Broken::new(rest, Within::Parameters));
        };
        let (name, value, after) = read_parameter(trim_start(parameter))?;
        // Only the first `rel` of a link counts (RFC 8288, section 3.3).
        if name.eq_ignore_ascii_case("rel") && relation.is_none() {
            *relation = Some(value);
        }
        rest = after;
    }
}

/// Returns name and value of a parameter, and the rest. Between two semicolons there may be nothing.
fn read_parameter(text: &str) -> Result<(&str, String, &str), Broken<'_>> {
    let end = text.find(['=', ';', ',', '"', '<', '>']);
    let (name, after) = text.split_at(end.unwrap_or(text.len()));
    let Some(value) = after.strip_prefix('=') else {
        return Ok((name.trim_end(), String::new(), after));
    };
    let value = trim_start(value);
    let (value, after) = match value.strip_prefix('"') {
        Some(quoted) => read_quoted(quoted).ok_or(Broken::new(quoted, Within::Quotes))?,
        None => {
            let is_end = |c| is_space(c) || matches!(c, ';' | ',' | '"' | '<' | '>');
            let (value, after) = value.split_at(value.find(is_end).unwrap_or(value.len()));
            (value.to_owned(), after)
        }
    };
    Ok((name.trim_end(), value, after))
}

/// Returns the rest of a quoted text, unescaped, and what follows it.
///
/// `None` if it does not end, or ends in the middle of something: then the quote was meant to start another text.
fn read_quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '"' => break,
            '\\' => value.push(characters.next()?),
            other => value.push(other),
        }
    }
    let after = characters.as_str();
    let is_end = |c| is_space(c) || matches!(c, ';' | ',');
    (after.is_empty() || after.starts_with(is_end)).then_some((value, after))
}

/// Returns whether the relations of a link include `next`; `None` if they are not valid relations.
fn is_next(relations: &str) -> Option<bool> {
    let mut words = relations.split_ascii_whitespace().peekable();
    words.peek()?;
    let mut is_next = false;
    for word in words {
        if !is_relation(word) {
            return None;
        }
        is_next |= word.eq_ignore_ascii_case("next");
    }
    Some(is_next)
}

/// Returns whether a word may be a relation: a registered name, or a URI.
fn is_relation(word: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    word.bytes().all(is_name) || (word.contains(':') && word.is_ascii())
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_space)
}
