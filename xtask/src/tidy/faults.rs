//! `docs/faults.md`: each case of the project's list of faults, and the tests that prove it.
//!
//! A comment `// T5`, or `// T5, U8`, directly above a test says that it proves those cases. So the page is a function of the
//! titles that people write into it and of the tests in the tree: a case with tests is a row, a case without is in the list
//! at the end, and `cargo xtask tidy --update` puts each into its place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use similar::{ChangeTag, TextDiff};

use crate::error::Error;
use crate::workspace::Workspace;

use super::text_file::TextFile;

const PAGE: &str = "docs/faults.md";
const OPEN: &str = "## Not proven yet";
const AREAS: &[(char, &str)] = &[
    ('M', "Models"),
    ('T', "Transport"),
    ('A', "Client of Okta ASA"),
    ('D', "Client of Dynatrace"),
    ('C', "Command line and repository"),
    ('E', "Emulator"),
    ('S', "The whole system"),
    ('U', "Found in use"),
];

/// The number of a case: its area as an index into [`AREAS`], and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Case {
    area: usize,
    number: u32,
}

impl Case {
    /// Parses a number as the page writes it: `T5`.
    fn parse(text: &str) -> Option<Self> {
        let letter = text.chars().next()?;
        let area = AREAS.iter().position(|(own, _)| *own == letter)?;
        Some(Self {
            area,
            number: text.get(1..)?.parse().ok()?,
        })
    }

    /// Returns the cases of a comment that contains nothing else: `// T5, U8`.
    fn of_comment(line: &str) -> Option<Vec<Self>> {
        let text = line.strip_prefix("// ")?;
        text.split(", ").map(Self::parse).collect()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = AREAS.get(self.area).map_or('?', |(letter, _)| *letter);
        write!(f, "{letter}{}", self.number)
    }
}

/// Finds what the page lacks, and comments of cases without a test.
pub(crate) fn findings(texts: &[TextFile]) -> Vec<String> {
    let tests = tests(texts);
    let Some(page) = page(texts) else {
        return vec![format!("{PAGE} is missing")];
    };
    let titles = titles(&page.text);
    let mut findings = stray_comments(texts);
    findings.extend(untitled_cases(&titles, &tests));
    let expected = compose(&page.text, &titles, &tests);
    if findings.is_empty() && expected != page.text {
        findings.push(format!(
            "{PAGE} is stale; run `cargo xtask tidy --update`{}",
            changes(&page.text, &expected)
        ));
    }
    findings
}

/// Returns the added and removed lines.
fn changes(page: &str, expected: &str) -> String {
    let mut text = String::new();
    for change in TextDiff::from_lines(page, expected).iter_all_changes() {
        let sign = match change.tag() {
            ChangeTag::Equal => continue,
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        text.push_str(&format!("\n    {sign}{}", change.value().trim_end()));
    }
    text
}

/// Rewrites the page.
pub(crate) fn update(workspace: &Workspace, texts: &[TextFile]) -> Result<(), Error> {
    let page = page(texts).ok_or_else(|| Error::Check(format!("{PAGE} is missing")))?;
    let text = compose(&page.text, &titles(&page.text), &tests(texts));
    if text != page.text {
        workspace.write(PAGE, &text)?;
        println!("tidy: wrote {PAGE}");
    }
    Ok(())
}

fn page(texts: &[TextFile]) -> Option<&TextFile> {
    texts.iter().find(|text| text.path.as_os_str() == PAGE)
}

fn untitled_cases(titles: &BTreeMap<Case, String>, tests: &Tests) -> Vec<String> {
    let missing = tests.iter().filter(|(case, _)| !titles.contains_key(case));
    let found = missing.map(|(case, files)| {
        let files = files.iter().cloned().collect::<Vec<_>>().join(", ");
        format!("{PAGE}: {files} proves {case}, which has no title; add `- {case}: …` and run `cargo xtask tidy --update`")
    });
    found.collect()
}

/// Returns the titles of the page, in rows and in its last list.
fn titles(page: &str) -> BTreeMap<Case, String> {
    let lines = page
        .lines()
        .filter_map(|line| match line.strip_prefix("- ") {
            Some(open) => open.split_once(": "),
            None => line
                .strip_prefix("| ")?
                .split_once(" | ")
                .map(|(case, rest)| (case, rest.split(" | ").next().unwrap_or(rest))),
        });
    lines
        .filter_map(|(case, title)| Some((Case::parse(case)?, title.trim().to_owned())))
        .collect()
}

/// The files with tests that prove a case, relative to the root. With line numbers each edit of a test would make the page stale.
type Tests = BTreeMap<Case, BTreeSet<String>>;

/// A comment that names cases.
struct CaseComment {
    /// Counted from 1.
    line: usize,
    cases: Vec<Case>,
    /// Whether the comment is directly above a test.
    has_test: bool,
}

/// Returns the tests in the tree that prove a case.
fn tests(texts: &[TextFile]) -> Tests {
    let mut tests = Tests::new();
    for file in texts.iter().filter(|text| text.is("rs")) {
        let proven = case_comments(&file.text)
            .into_iter()
            .filter(|comment| comment.has_test);
        for case in proven.flat_map(|comment| comment.cases) {
            let path = file.path.display().to_string();
            tests.entry(case).or_default().insert(path);
        }
    }
    tests
}

/// Finds comments of cases that are not above a test.
fn stray_comments(texts: &[TextFile]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in texts.iter().filter(|text| text.is("rs")) {
        let loose = case_comments(&file.text)
            .into_iter()
            .filter(|comment| !comment.has_test);
        findings.extend(loose.map(|comment| {
            let message = "names a case but is not directly above the attributes of a test";
            file.finding(comment.line, message)
        }));
    }
    findings
}

fn case_comments(source: &str) -> Vec<CaseComment> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let comment = |(index, line): (usize, &&str)| {
        let below = lines.get(index + 1..).unwrap_or_default();
        Some(CaseComment {
            line: index + 1,
            cases: Case::of_comment(line)?,
            has_test: begins_with_test(below),
        })
    };
    lines.iter().enumerate().filter_map(comment).collect()
}

/// Returns whether a test begins on the first of these lines: its attributes, then the function.
fn begins_with_test(lines: &[&str]) -> bool {
    let is_attribute = |line: &&&str| line.starts_with("#[");
    let attributes = lines.iter().take_while(is_attribute).count();
    let is_test = lines
        .iter()
        .take(attributes)
        .any(|line| *line == "#[test]" || line.starts_with("#[tokio::test"));
    is_test
        && lines
            .get(attributes)
            .is_some_and(|line| line.contains("fn "))
}

/// Renders the page: the text above the first heading of an area, then a table for each area, then the open cases.
fn compose(page: &str, titles: &BTreeMap<Case, String>, tests: &Tests) -> String {
    let mut text = page
        .split("\n## ")
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_owned();
    text.push('\n');
    for (area, (_, name)) in AREAS.iter().enumerate() {
        let mut rows = titles
            .iter()
            .filter(|(case, _)| case.area == area && tests.contains_key(case))
            .peekable();
        if rows.peek().is_some() {
            text.push_str(&format!(
                "\n## {name}\n\n| case | what happens | proven by |\n| --- | --- | --- |\n"
            ));
        }
        for (case, title) in rows {
            let files = tests.get(case).into_iter().flatten();
            let links = files.map(|path| {
                // The last two parts tell a reader where it is: `hyper/pool.rs`.
                let parts: Vec<&str> = path.rsplit('/').take(2).collect();
                let short: Vec<&str> = parts.into_iter().rev().collect();
                format!("[{}](../{path})", short.join("/"))
            });
            let links = links.collect::<Vec<_>>().join(", ");
            text.push_str(&format!("| {case} | {title} | {links} |\n"));
        }
    }
    let mut open = titles
        .iter()
        .filter(|(case, _)| !tests.contains_key(case))
        .peekable();
    if open.peek().is_some() {
        text.push_str(&format!("\n{OPEN}\n\n"));
    }
    for (case, title) in open {
        text.push_str(&format!("- {case}: {title}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVEN: &str = "# Faults\n\nWhy.\n\n## Transport\n\n| case | what happens | proven by |\n| --- | --- | --- |\n\
        | T5 | A bad certificate | [tests/a.rs](../crates/x/tests/a.rs) |\n\n## Not proven yet\n\n- T10: An empty response\n";

    fn files(page: &str, source: &str) -> Vec<TextFile> {
        let file = |path: &str, text: &str| TextFile {
            path: path.into(),
            text: text.into(),
        };
        vec![file(PAGE, page), file("crates/x/tests/a.rs", source)]
    }

    fn test(cases: &str, name: &str) -> String {
        format!("// {cases}\n#[tokio::test]\nasync fn {name}() {{\n")
    }

    #[test]
    fn a_page_that_matches_the_tree_is_tidy() {
        assert_eq!(
            findings(&files(PROVEN, &test("T5", "it_is_refused"))),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_row_without_a_test_is_found() {
        let found = findings(&files(PROVEN, "")).join("\n");
        assert!(
            found.contains("is stale") && found.contains("\n    +- T5: A bad certificate"),
            "{found}"
        );
    }

    #[test]
    fn a_test_that_no_row_names_is_found() {
        let source = format!(
            "{}{}",
            test("T5", "it_is_refused"),
            test("T10", "nothing_is_retried")
        );
        let found = findings(&files(PROVEN, &source)).join("\n");
        assert!(
            found.contains("+| T10 | An empty response | [tests/a.rs](../crates/x/tests/a.rs) |"),
            "{found}"
        );
    }

    #[test]
    fn a_case_without_a_title_is_found() {
        let source = format!("{}{}", test("T5", "it_is_refused"), test("M2", "twice"));
        assert_eq!(
            findings(&files(PROVEN, &source)),
            [
                "docs/faults.md: crates/x/tests/a.rs proves M2, which has no title; add `- M2: …` and run `cargo xtask tidy --update`"
            ]
        );
    }

    #[test]
    fn a_test_may_prove_several_cases() {
        let tests = tests(&files("", &test("T5, U8", "it_is_refused")));
        let cases: Vec<_> = tests.keys().map(Case::to_string).collect();
        assert_eq!(cases, ["T5", "U8"]);
    }

    #[test]
    fn only_a_comment_directly_above_a_test_proves_a_case() {
        for source in [
            "// T5\nfn helper() {\n",
            "// T5\n\n#[test]\nfn it() {\n",
            "// T5\n// Why.\n#[test]\nfn it() {\n",
            "// T5\n#[cfg(test)]\nfn it() {\n",
            "// T5\n",
        ] {
            let files = files(PROVEN, source);
            assert_eq!(tests(&files), BTreeMap::new(), "{source}");
            let found = findings(&files).join("\n");
            assert!(
                found.contains("crates/x/tests/a.rs:1: names a case"),
                "{found}"
            );
        }
        for source in [
            "// T5 says so\nfn it() {\n",
            "// X5\n",
            "// T\n",
            "//! T5\n",
        ] {
            assert_eq!(stray_comments(&files(PROVEN, source)), Vec::<String>::new());
        }
        let source = "    // T5\n    #[test]\n    #[cfg(unix)]\n    fn it() {\n";
        assert_eq!(tests(&files("", source)).len(), 1);
    }

    #[test]
    fn cases_are_sorted_by_number() {
        let page = compose(
            "# F\n",
            &titles("- T10: b\n- T9: a\n- M1: c\n"),
            &BTreeMap::new(),
        );
        assert_eq!(
            page,
            "# F\n\n## Not proven yet\n\n- M1: c\n- T9: a\n- T10: b\n"
        );
    }
}
