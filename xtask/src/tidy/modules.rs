//! A library's modules are the files that their names say: `#[path]` and `include!` bring in code that the checks of imports
//! do not see.

use proc_macro2::{Group, TokenStream, TokenTree};

use super::text_file::TextFile;
use crate::workspace::Package;

/// Finds modules and code from other files in the `src` of each library.
pub(crate) fn findings(texts: &[TextFile], packages: &[Package]) -> Vec<String> {
    let sources = packages.iter().map(|it| it.folder.join("src"));
    let is_library = |source: &std::path::PathBuf| {
        let root = source.join("lib.rs");
        texts.iter().any(|it| it.path == root)
    };
    let libraries: Vec<_> = sources.filter(is_library).collect();
    let in_library = |it: &&TextFile| libraries.iter().any(|source| it.path.starts_with(source));
    let files = texts.iter().filter(|it| it.is("rs")).filter(in_library);
    files.flat_map(check).collect()
}

fn check(file: &TextFile) -> Vec<String> {
    // What is not Rust does not compile either.
    let tokens: TokenStream = file.text.parse().unwrap_or_default();
    let mut found = Vec::new();
    read(tokens, &mut found);
    let findings = found.into_iter().map(|(line, what)| {
        let advice = "name the file as its module, so that its imports are checked";
        file.finding(line, format!("`{what}`: {advice}"))
    });
    findings.collect()
}

/// Adds the line of each `#[path]` and `include!`.
fn read(tokens: TokenStream, found: &mut Vec<(usize, &'static str)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let before = tokens.get(..index).unwrap_or_default();
        let is_attribute = match before {
            [.., hash, bang] if is_punct(Some(bang), '!') => is_punct(Some(hash), '#'),
            _ => is_punct(before.last(), '#'),
        };
        let line = token.span().start().line;
        match token {
            TokenTree::Ident(name) if name == "include" && is_punct(tokens.get(index + 1), '!') => {
                found.push((line, "include!"));
            }
            TokenTree::Group(group) if is_attribute && is_path(group) => {
                found.push((line, "#[path]"));
            }
            TokenTree::Group(group) => read(group.stream(), found),
            _ => {}
        }
    }
}

/// Returns whether an attribute is `path = "…"`, also as one that `cfg_attr` adds.
fn is_path(attribute: &Group) -> bool {
    let tokens: Vec<TokenTree> = attribute.stream().into_iter().collect();
    let has_path = |tokens: &[TokenTree]| {
        tokens.windows(2).any(|pair| match pair {
            [TokenTree::Ident(name), next] => name == "path" && is_punct(Some(next), '='),
            _ => false,
        })
    };
    match &tokens[..] {
        [TokenTree::Ident(name), TokenTree::Group(added)] if name == "cfg_attr" => {
            has_path(&added.stream().into_iter().collect::<Vec<_>>())
        }
        [first, second, ..] => has_path(&[first.clone(), second.clone()]),
        _ => false,
    }
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let file = |path: &str, text: &str| TextFile {
            path: path.into(),
            text: text.into(),
        };
        let texts = [file("crates/me/src/lib.rs", "mod a;\n"), file(path, text)];
        let package = |folder: &str| Package {
            folder: folder.into(),
            ..Package::default()
        };
        findings(&texts, &[package("crates/me"), package("tool")])
    }

    #[test]
    fn code_of_a_library_from_another_file_is_found() {
        for (text, what) in [
            ("#[path = \"b.rs\"]\nmod b;\n", "#[path]"),
            (
                "mod x {\n    #[path = \"b.rs\"]\n    mod b;\n}\n",
                "#[path]",
            ),
            ("#[cfg_attr(unix, path = \"b.rs\")]\nmod b;\n", "#[path]"),
            ("include!(\"b.rs\");\n", "include!"),
            ("fn f() { std::include! { \"b.rs\" } }\n", "include!"),
        ] {
            let found = found("crates/me/src/a.rs", text);
            assert_eq!(found.len(), 1, "{text}");
            let is_named = found[0].contains(&format!("`{what}`: name the file"));
            assert!(
                is_named && found[0].starts_with("crates/me/src/a.rs:"),
                "{found:?}"
            );
        }
    }

    #[test]
    fn other_attributes_texts_and_packages_are_not_found() {
        let text = "#[path = \"b.rs\"]\nmod b;\n";
        for path in [
            "crates/me/tests/a.rs",
            "tool/src/main.rs",
            "crates/me/src/a.md",
        ] {
            assert_eq!(found(path, text), Vec::<String>::new());
        }
        let plain = "//! `#[path]`\n#[doc = include_str!(\"a.md\")]\n#[cfg(unix)]\nfn f() { g!(path = \"include!(x)\") }\n";
        assert_eq!(found("crates/me/src/a.rs", plain), Vec::<String>::new());
    }
}
