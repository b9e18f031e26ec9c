//! Markdown in which texts of a description are escaped.
//!
//! It is rendered by rustdoc in doc comments and by any Markdown renderer in reference pages. Comments are wrapped, so each word
//! may begin a line: a word that would begin a list or a heading there is escaped everywhere.

use std::mem;

/// Punctuation that belongs to the sentence after a URL, not to the URL.
const AFTER_URL: [char; 13] = [
    ',', '.', ';', ':', '!', '?', '\'', '*', '_', '~', ')', ']', '}',
];

/// Paragraphs of words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Markdown {
    paragraphs: Vec<Vec<Word>>,
}

/// Parts without a space between them, within which lines are not broken.
type Word = Vec<Part>;

#[derive(Clone, Debug)]
enum Part {
    /// Markdown without spaces.
    Text(String),
    /// Any text, shown as code.
    Code(String),
}

impl Markdown {
    /// Creates Markdown from text that the generator itself writes.
    pub(crate) fn own(text: &str) -> Self {
        let paragraphs = text.split("\n\n").map(|paragraph| {
            let words = paragraph.split_whitespace();
            words.map(|it| vec![Part::Text(it.into())]).collect()
        });
        Self::from_paragraphs(paragraphs)
    }

    /// Creates Markdown from plain text with `code` between backticks. URLs become links; everything else is escaped.
    pub(crate) fn escaped(text: &str) -> Self {
        Self::from_paragraphs(text.split("\n\n").map(words))
    }

    /// Creates a code span with a name or a value.
    pub(crate) fn code(text: &str) -> Self {
        Self::from_paragraphs([vec![vec![Part::Code(text.replace('\n', "\\n"))]]])
    }

    fn from_paragraphs(paragraphs: impl IntoIterator<Item = Vec<Word>>) -> Self {
        let paragraphs = paragraphs.into_iter().filter(|words| !words.is_empty());
        Self {
            paragraphs: paragraphs.collect(),
        }
    }

    /// Appends to the same paragraph, after a space.
    pub(crate) fn and(mut self, next: Self) -> Self {
        let mut next = next.paragraphs.into_iter();
        match (self.paragraphs.last_mut(), next.next()) {
            (Some(last), Some(first)) => last.extend(first),
            (None, Some(first)) => self.paragraphs.push(first),
            (_, None) => {}
        }
        self.paragraphs.extend(next);
        self
    }

    /// Appends without a space.
    pub(crate) fn joined(mut self, mut next: Self) -> Self {
        let last = self
            .paragraphs
            .last_mut()
            .and_then(|words| words.last_mut());
        let first = next.paragraphs.first_mut();
        if let (Some(word), Some(words)) = (last, first)
            && !words.is_empty()
        {
            word.extend(words.remove(0));
        }
        self.and(next)
    }

    /// Appends as a new paragraph.
    pub(crate) fn paragraph(mut self, next: Self) -> Self {
        self.paragraphs.extend(next.paragraphs);
        self
    }

    /// Wraps into lines of at most `width` characters, unless a word is longer. An empty line separates paragraphs.
    pub(crate) fn lines(&self, width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for words in &self.paragraphs {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            let mut line = String::new();
            for word in words {
                let word = written(word, fenced);
                if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                    lines.push(mem::take(&mut line));
                }
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(&word);
            }
            lines.push(line);
        }
        lines
    }

    /// Returns one line for each paragraph, for a page.
    pub(crate) fn page(&self) -> String {
        self.lines(usize::MAX).join("\n")
    }

    /// Returns everything on one line, for a table cell.
    pub(crate) fn cell(&self) -> String {
        let words = self.paragraphs.iter().flatten();
        let words = words.map(|word| written(word, fenced_in_cell));
        words.collect::<Vec<String>>().join(" ")
    }
}

fn written(word: &Word, code: fn(&str) -> String) -> String {
    let parts = word.iter().map(|part| match part {
        Part::Text(text) => text.clone(),
        Part::Code(text) => code(text),
    });
    parts.collect()
}

/// Returns the words of a paragraph.
fn words(paragraph: &str) -> Vec<Word> {
    let (mut words, mut word) = (Vec::new(), Word::new());
    let mut rest = Some(paragraph);
    while let Some(text) = rest {
        let (plain, code) = match code_span(text) {
            Some((plain, code, after)) => {
                rest = Some(after);
                (plain, Some(code))
            }
            None => {
                rest = None;
                (text, None)
            }
        };
        for (index, piece) in plain.split(char::is_whitespace).enumerate() {
            if index > 0 && !word.is_empty() {
                words.push(mem::take(&mut word));
            }
            if !piece.is_empty() {
                word.push(Part::Text(escape(piece)));
            }
        }
        if let Some(code) = code {
            let code: Vec<&str> = code.split_whitespace().collect();
            word.push(Part::Code(code.join(" ")));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    for (index, word) in words.iter_mut().enumerate() {
        if let Some(Part::Text(text)) = word.first_mut() {
            escape_block(text, index == 0);
        }
    }
    words
}

/// Returns the text before, in and after the first code span, which is between two single backticks.
fn code_span(text: &str) -> Option<(&str, &str, &str)> {
    let is_lone = |at: usize| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        !before.ends_with('`') && !after.starts_with('`')
    };
    let marks = text.match_indices('`').map(|(at, _)| at);
    let mut marks = marks.filter(|at| is_lone(*at));
    let mut open = marks.next()?;
    for close in marks {
        let code = &text[open + 1..close];
        if !code.trim().is_empty() {
            return Some((&text[..open], code, &text[close + 1..]));
        }
        open = close;
    }
    None
}

/// Escapes text without spaces.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, url, after)) = first_url(rest) {
        escape_plain(&mut escaped, before);
        escaped.push_str(&format!("<{url}>"));
        rest = after;
    }
    escape_plain(&mut escaped, rest);
    escaped
}

/// Returns the text before, in and after the first URL.
fn first_url(text: &str) -> Option<(&str, &str, &str)> {
    let starts = text.match_indices("http").map(|(start, _)| start);
    starts.into_iter().find_map(|start| {
        let (before, rest) = text.split_at(start);
        let host = rest
            .strip_prefix("https://")
            .or(rest.strip_prefix("http://"))?;
        let begins = |c: char| c.is_alphanumeric() || "-@:%._+~#=".contains(c);
        if !host.starts_with(begins) {
            return None;
        }
        let is_end = |c: char| c.is_whitespace() || "<>\"`|\\".contains(c);
        let end = rest.find(is_end).unwrap_or(rest.len());
        let url = without_punctuation(&rest[..end]);
        let has_host = url.len() > rest.len() - host.len();
        has_host.then(|| (before, url, &rest[url.len()..]))
    })
}

/// Returns a URL without punctuation of the sentence around it; a closing parenthesis stays if the URL has the opening one.
fn without_punctuation(url: &str) -> &str {
    let count = |c: char| url.matches(c).count();
    let mut brackets = [('(', ')'), ('[', ']'), ('{', '}')]
        .map(|(open, close)| (close, count(open), count(close)));
    let mut end = url.len();
    for (start, c) in url.char_indices().rev() {
        if !AFTER_URL.contains(&c) {
            break;
        }
        if let Some((_, opened, closed)) = brackets.iter_mut().find(|(close, ..)| *close == c) {
            if opened >= closed {
                break;
            }
            *closed -= 1;
        }
        end = start;
    }
    &url[..end]
}

fn escape_plain(escaped: &mut String, text: &str) {
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let is_alphanumeric = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
        let after = characters.peek();
        let is_markup = match c {
            '\\' | '`' | '*' | '[' | '<' | '|' | '~' | '$' => true,
            '_' => !(is_alphanumeric(before.as_ref()) && is_alphanumeric(after)),
            '&' => is_alphanumeric(after) || after == Some(&'#'),
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(c);
        before = Some(c);
    }
}

/// Escapes a word that would begin a heading, a quotation, a list or a rule at the beginning of a line. Inside a paragraph (not
/// `is_first`) only the number 1 begins a list.
fn escape_block(word: &mut String, is_first: bool) {
    let is_rule = word.chars().all(|c| "-=+:".contains(c));
    let number = word
        .strip_suffix(['.', ')'])
        .and_then(|it| it.parse::<u64>().ok());
    if word.starts_with(['#', '>']) || is_rule {
        word.insert(0, '\\');
    } else if number.is_some_and(|it| is_first || it == 1) {
        word.insert(word.len() - 1, '\\');
    }
}

/// Puts text between as many backticks as necessary.
fn fenced(code: &str) -> String {
    let code = if code.is_empty() { "\"\"" } else { code };
    let longest = code.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or(0) + 1);
    // Markdown removes one space on each side.
    let has_space = code.starts_with(' ') && code.ends_with(' ') && !code.trim().is_empty();
    let pad = if code.starts_with('`') || code.ends_with('`') || has_space {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{code}{pad}{fence}")
}

/// Formats text as code for a table cell.
fn fenced_in_cell(code: &str) -> String {
    if !code.contains('|') {
        return fenced(code);
    }
    if !code.contains("\\|") {
        return fenced(code).replace('|', "\\|");
    }
    // A backslash cannot be put before this bar.
    let characters = code.chars().map(|c| match c {
        c if c.is_ascii_punctuation() => format!("&#{};", u32::from(c)),
        c => c.into(),
    });
    format!("<code>{}</code>", characters.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(Markdown::escaped(text).page(), expected);
    }

    #[test]
    fn plain_sentences_stay_as_they_are() {
        for text in [
            "A text for people.",
            "What enrolls, in Okta's `x-source` only; 60% of it (or \"more\") - at team_name & co.",
            "`a` and `b c`, `-._~:@`",
            "a-b+c=d/e#f",
        ] {
            check(text, &text.replace(" - ", " \\- "));
        }
    }

    #[test]
    fn urls_become_links_without_the_punctuation_after_them() {
        check(
            "See https://a.example/b, or (https://c.example/d.e).",
            "See <https://a.example/b>, or (<https://c.example/d.e>).",
        );
        check("https://a.example/b_(c)", "<https://a.example/b_(c)>");
        check(
            "xhttp://a.example|https://b.example",
            "x<http://a.example>\\|<https://b.example>",
        );
        check("https:// and http", "https:// and http");
    }

    // U28
    #[test]
    fn a_long_text_of_brackets_and_urls_takes_linear_time() {
        let brackets = ")".repeat(200_000);
        check(
            &format!("https://a.example{brackets}"),
            &format!("<https://a.example>{brackets}"),
        );
        let opened = format!("https://a.example/{}", "(".repeat(1000));
        let own = ")".repeat(1000);
        check(
            &format!("{opened}{own}{brackets}"),
            &format!("<{opened}{own}>{brackets}"),
        );
        let hosts = "http://)".repeat(20_000);
        check(&hosts, &hosts);
    }

    #[test]
    fn marks_of_markdown_are_escaped() {
        check("[foo](bar) ![x] [^1]", "\\[foo](bar) !\\[x] \\[^1]");
        check("Vec<String> </details>", "Vec\\<String> \\</details>");
        check(
            "*a* _b_ ~c~ $d$ |e|",
            "\\*a\\* \\_b\\_ \\~c\\~ \\$d\\$ \\|e\\|",
        );
        check("&lt; &#60; a & b \\", "\\&lt; \\&#60; a & b \\\\");
        check(
            "12) # > - + -- === 1. 12) :-: 401.",
            "12\\) \\# \\> \\- \\+ \\-- \\=== 1\\. 12) \\:-: 401.",
        );
    }

    #[test]
    fn backticks_without_a_partner_are_escaped() {
        check("a `b", "a \\`b");
        check("``` a ```", "\\`\\`\\` a \\`\\`\\`");
        check("`a ``b`` c`", "```a ``b`` c```");
        check("` ` `a`", "\\` \\` `a`");
        check("\\`a`", "\\\\`a`");
    }

    #[test]
    fn code_is_not_broken_over_lines() {
        let text = format!("{} `# a b`", "word ".repeat(3));
        assert_eq!(
            Markdown::escaped(&text).lines(18),
            ["word word word", "`# a b`"]
        );
    }

    #[test]
    fn lines_are_wrapped_and_keep_their_paragraphs() {
        let long = "word ".repeat(30);
        let lines = Markdown::escaped(&format!("{long}\n\nend")).lines(110);
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| line.len() <= 110));
        assert_eq!(lines[2..], ["", "end"]);
    }

    #[test]
    fn any_name_can_be_code() {
        for (name, page, cell) in [
            ("a", "`a`", "`a`"),
            ("", "`\"\"`", "`\"\"`"),
            ("a|b", "`a|b`", "`a\\|b`"),
            ("a`b", "``a`b``", "``a`b``"),
            ("a\nb", "`a\\nb`", "`a\\nb`"),
            ("`", "`` ` ``", "`` ` ``"),
            ("a\\|b", "`a\\|b`", "<code>a&#92;&#124;b</code>"),
        ] {
            assert_eq!(Markdown::code(name).page(), page);
            assert_eq!(Markdown::code(name).cell(), cell);
        }
    }

    #[test]
    fn a_text_of_several_lines_stays_in_its_cell() {
        let text = Markdown::escaped("One | two\n three\n\nfour `a|b`");
        assert_eq!(text.cell(), "One \\| two three four `a\\|b`");
    }

    #[test]
    fn texts_are_appended_with_and_without_a_space() {
        let text = Markdown::own("of").and(Markdown::escaped("*"));
        let text = text
            .joined(Markdown::own(", then"))
            .paragraph(Markdown::code("x"));
        assert_eq!(text.page(), "of \\*, then\n\n`x`");
    }
}
