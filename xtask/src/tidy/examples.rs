//! Rust code in the README and in `docs/` must compile: each page with such code is a documentation test.

use std::path::Path;

use super::text_file::TextFile;

const CRATE: &str = "docs/lib.rs";

/// Finds pages with Rust code that `docs/lib.rs` does not include.
pub(crate) fn findings(texts: &[TextFile]) -> Vec<String> {
    let tests = texts
        .iter()
        .find(|text| text.path == Path::new(CRATE))
        .map_or("", |text| text.text.as_str());
    let pages = texts
        .iter()
        .filter(|text| text.is("md") && include_macro(text).is_some() && has_rust(&text.text));
    let found = pages.filter_map(|page| {
        let include = include_macro(page)?;
        (!tests.contains(&include) && !is_tested_by_example(page, texts)).then(|| {
            page.finding(
                1,
                format!("its Rust code is not tested; add `{include}` to {CRATE}"),
            )
        })
    });
    found.collect()
}

/// Returns whether one of `examples/`, which have their own dependencies, includes the page.
fn is_tested_by_example(page: &TextFile, texts: &[TextFile]) -> bool {
    let include = format!("include_str!(\"../../../{}\")", page.path.display());
    let mut examples = texts
        .iter()
        .filter(|text| text.path.starts_with("examples") && text.path.ends_with("src/lib.rs"));
    examples.any(|example| example.text.contains(&include))
}

/// Returns how `docs/lib.rs` includes a page; `None` for a page that it does not cover.
fn include_macro(page: &TextFile) -> Option<String> {
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
    fn a_page_may_be_tested_by_an_example() {
        let file = |path: &str, text: &str| TextFile {
            path: path.into(),
            text: text.into(),
        };
        let page = file("docs/a.md", "```rust\nfn main() {}\n```\n");
        let example = file(
            "examples/a/src/lib.rs",
            "#[doc = include_str!(\"../../../docs/a.md\")]",
        );
        assert_eq!(findings(&[page.clone(), example]), Vec::<String>::new());
        let other = file("examples/a/src/lib.rs", "docs/a.md");
        assert_eq!(findings(&[page, other]).len(), 1);
    }

    #[test]
    fn a_page_without_rust_needs_no_test() {
        assert_eq!(
            check("", "docs/a.md", "# A\n```sh\nls\n```\n"),
            Vec::<String>::new()
        );
    }
}
