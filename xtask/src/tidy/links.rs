//! Every relative link in a page must lead to a file, and every anchor to a heading.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::text_file::TextFile;

/// Finds links in the pages among `texts` that lead to none of `files`, or to a missing heading.
pub(crate) fn findings(texts: &[TextFile], files: &[PathBuf]) -> Vec<String> {
    let pages = texts.iter().filter(|text| text.is("md"));
    let found = pages.flat_map(|page| {
        let links = prose(&page.text)
            .flat_map(|(number, line)| link_targets(&line).map(move |target| (number, target)));
        links
            .filter_map(|(number, target)| {
                Some(page.finding(number, defect(page, &target, texts, files)?))
            })
            .collect::<Vec<_>>()
    });
    found.collect()
}

/// Returns the defect of a link, if any.
fn defect(page: &TextFile, target: &str, texts: &[TextFile], files: &[PathBuf]) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let folder = page.path.parent().unwrap_or(Path::new(""));
    let path = if file.is_empty() {
        Some(page.path.clone())
    } else {
        normalize(&folder.join(file))
    };
    let Some(path) = path else {
        return Some(format!("`{target}` leads out of the repository"));
    };
    let is_folder = || files.iter().any(|file| file.starts_with(&path));
    if !files.contains(&path) && !is_folder() {
        return Some(format!("`{target}` leads to no file"));
    }
    let other = texts.iter().find(|text| text.path == path && text.is("md"));
    let lacks =
        !anchor.is_empty() && other.is_some_and(|other| !anchors(&other.text).contains(anchor));
    lacks.then(|| format!("`{target}` leads to no heading of {}", path.display()))
}

/// Returns the path without `.` and `..`; `None` when it leaves the root.
fn normalize(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if !normal.pop() => return None,
            Component::ParentDir => {}
            other => normal.push(other),
        }
    }
    Some(normal)
}

/// Returns the lines of a page with their numbers, without code.
fn prose(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut fence: Option<&str> = None;
    let lines = (1..).zip(text.lines()).filter(move |(_, line)| {
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, None) => return true,
            (None, Some(_)) => fence = mark,
            (Some(open), Some(close)) if open == close => fence = None,
            (Some(_), _) => {}
        }
        false
    });
    lines.map(|(number, line)| {
        (
            number,
            line.split('`').step_by(2).collect::<Vec<_>>().join("`"),
        )
    })
}

/// Returns the targets of `[text](target)` and `[text]: target` in a line without code.
fn link_targets(line: &str) -> impl Iterator<Item = String> + use<> {
    let inline = line
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next());
    let reference = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]: "))
        .map(|(_, target)| target.trim());
    inline
        .chain(reference)
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

/// Returns the anchors of a page's headings: lower case, spaces as hyphens, other punctuation dropped, repeats numbered.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    // Inline code in a heading counts, but `prose` drops it, so only its line numbers are used here.
    let lines: Vec<_> = text.lines().collect();
    for (number, _) in prose(text) {
        let Some(heading) = lines.get(number - 1).filter(|line| line.starts_with('#')) else {
            continue;
        };
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let slug: String = heading
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let numbered = (1..).map(|repeat| format!("{slug}-{repeat}"));
        let free = std::iter::once(slug.clone())
            .chain(numbered)
            .find(|anchor| !anchors.contains(anchor));
        anchors.extend(free);
    }
    anchors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str) -> Vec<String> {
        let text = |path: &str, text: &str| TextFile {
            path: path.into(),
            text: text.into(),
        };
        let texts = [
            text("docs/a.md", page),
            text(
                "README.md",
                "# Gatelet\n## What `is` it, then?\n## Twice\n## Twice\n",
            ),
        ];
        findings(
            &texts,
            &["docs/a.md", "README.md", "crates/x/src/lib.rs"].map(PathBuf::from),
        )
    }

    #[test]
    fn links_that_lead_somewhere_are_tidy() {
        let page = "[a](../README.md) [b](../README.md#what-is-it-then) [c](#here) [d](../crates/x) [e](../README.md#twice-1)\n\
            [f](https://example.com/none.md) `[g](none.md)`\n# Here\n```\n[h](none.md)\n```\n[i]: a.md\n";
        assert_eq!(check(page), Vec::<String>::new());
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        for (page, expected) in [
            ("\n[a](none.md)", "docs/a.md:2: `none.md` leads to no file"),
            (
                "[a](x.md), [b](a.md)",
                "docs/a.md:1: `x.md` leads to no file",
            ),
            ("[a]: none.md", "docs/a.md:1: `none.md` leads to no file"),
            (
                "[a](#gone)",
                "docs/a.md:1: `#gone` leads to no heading of docs/a.md",
            ),
            (
                "[a](../README.md#what-is-it)",
                "docs/a.md:1: `../README.md#what-is-it` leads to no heading of README.md",
            ),
            (
                "[a](../../x)",
                "docs/a.md:1: `../../x` leads out of the repository",
            ),
        ] {
            assert_eq!(check(page), [expected]);
        }
    }

    #[test]
    fn a_heading_inside_code_is_ignored() {
        assert_eq!(check("```\n# Here\n```\n[a](#here)").len(), 1);
    }
}
