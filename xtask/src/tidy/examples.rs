//! The Rust code in the README and in `docs/` compiles: each page that has some is a documentation test.

use std::path::Path;

use super::TextFile;

const CRATE: &str = "docs/lib.rs";

/// Pages with Rust code that `docs/lib.rs` does not include.
pub(crate) fn findings(texts: &[TextFile]) -> Vec<String> {
    let tests = texts
        .iter()
        .find(|text| text.path == Path::new(CRATE))
        .map_or("", |text| text.text.as_str());
    let pages = texts
        .iter()
        .filter(|text| text.is("md") && included(text).is_some() && has_rust(&text.text));
    let found = pages.filter_map(|page| {
        let include = included(page)?;
        (!tests.contains(&include)).then(|| {
            page.finding(
                1,
                format!("its Rust code is not tested; add `{include}` to {CRATE}"),
            )
        })
    });
    found.collect()
}

/// How `docs/lib.rs` names a page, for those that it is for.
fn included(page: &TextFile) -> Option<String> {
    let path = page.path.strip_prefix("docs").map(Path::to_owned).ok();
    let path = path.or_else(|| {
        (page.path == Path::new("README.md")).then(|| Path::new("..").join(&page.path))
    })?;
    Some(format!("include_str!(\"{}\")", path.display()))
}

fn has_rust(text: &str) -> bool {
    text.lines().any(|line| {
        line.trim_start()
            .strip_prefix("```")
            .is_some_and(|language| language.starts_with("rust"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tests: &str, path: &str, page: &str) -> Vec<String> {
        let file = |path: &str, text: &str| TextFile {
            path: path.into(),
            text: text.into(),
        };
        findings(&[file(CRATE, tests), file(path, page)])
    }

    #[test]
    fn a_page_whose_code_is_not_tested_is_found() {
        let page = "# A\n```rust\nfn main() {}\n```\n";
        assert_eq!(
            check("", "docs/a.md", page),
            [
                "docs/a.md:1: its Rust code is not tested; add `include_str!(\"a.md\")` to docs/lib.rs"
            ]
        );
        assert_eq!(
            check("#[doc = include_str!(\"a.md\")]", "docs/a.md", page),
            Vec::<String>::new()
        );
        assert_eq!(
            check("#[doc = include_str!(\"../README.md\")]", "README.md", page),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_page_without_rust_needs_no_test() {
        assert_eq!(
            check("", "docs/a.md", "# A\n```sh\nls\n```\n"),
            Vec::<String>::new()
        );
    }
}
