//! The modules that a source file declares, the names that it imports and the paths that it mentions.
//!
//! Works on tokens, so that paths in the arguments of macros count too. Comments and strings do not count, and items below
//! `#[cfg(test)]` are skipped: tests may import whatever they need.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// The modules, imports and paths in a source file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Source {
    /// Modules in files of their own: `mod name;`.
    pub(crate) modules: Vec<String>,
    /// Names that `use` imports into the file's module, re-exported or not.
    pub(crate) imported: Vec<Imported>,
    /// Paths that begin with `crate`, `self`, `super`, a module that the file declares, or a name that it imports.
    pub(crate) paths: Vec<ModulePath>,
    /// Items other than `mod` and `use`: the first words of each.
    pub(crate) items: Vec<Item>,
}

/// A name that `use` imports, and the path that it stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Imported {
    pub(crate) name: String,
    pub(crate) segments: Vec<String>,
}

/// A path and its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ModulePath {
    pub(crate) line: usize,
    /// Modules of the file that surround the path: `mod name { … }`.
    pub(crate) inside: Vec<String>,
    pub(crate) segments: Vec<String>,
}

/// An item of a file and its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) line: usize,
    pub(crate) keyword: String,
}

/// Keywords that begin an item. A field or a variant begins with none of them and may also end at a comma.
const KEYWORDS: &[&str] = &[
    "async",
    "const",
    "enum",
    "extern",
    "fn",
    "impl",
    "let",
    "macro_rules",
    "mod",
    "pub",
    "static",
    "struct",
    "trait",
    "type",
    "unsafe",
    "use",
];

/// Keywords that begin a path inside the crate.
const STARTS: &[&str] = &["crate", "self", "super"];

impl Source {
    /// Reads a file's text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let tokens: TokenStream = text
            .parse()
            .map_err(|error| format!("invalid Rust: {error}"))?;
        let mut source = Self::default();
        source.read_module(tokens, &mut Vec::new());
        let paths = std::mem::take(&mut source.paths);
        source.paths = paths
            .into_iter()
            .filter(|path| path.is_from_keyword() || source.knows(path))
            .collect();
        Ok(source)
    }

    /// Returns whether a path begins with a name of the file's module: a module that it declares, or an import.
    fn knows(&self, path: &ModulePath) -> bool {
        let Some(first) = path.segments.first() else {
            return false;
        };
        let is_name = self.modules.contains(first) || self.imported(first).is_some();
        path.inside.is_empty() && is_name
    }

    /// Returns the import of a name into the file's module.
    pub(crate) fn imported(&self, name: &str) -> Option<&Imported> {
        self.imported.iter().find(|it| it.name == name)
    }

    /// Reads the items of a module.
    fn read_module(&mut self, tokens: TokenStream, inside: &mut Vec<String>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = &tokens[..];
        while let Some(next) = skip_test_items(rest) {
            rest = next;
            rest = match rest {
                [TokenTree::Punct(hash), TokenTree::Group(_), after @ ..]
                    if hash.as_char() == '#' =>
                {
                    after
                }
                [
                    TokenTree::Ident(visibility),
                    TokenTree::Group(scope),
                    after @ ..,
                ] if visibility == "pub" && scope.delimiter() == Delimiter::Parenthesis => after,
                [TokenTree::Ident(visibility), after @ ..] if visibility == "pub" => after,
                [
                    TokenTree::Ident(keyword),
                    TokenTree::Ident(name),
                    body,
                    after @ ..,
                ] if keyword == "mod" => {
                    self.read_mod(name.to_string(), body, inside);
                    after
                }
                [TokenTree::Ident(keyword), after @ ..] if keyword == "use" => {
                    let (tree, after) = split_at_semicolon(after);
                    self.read_import(tree, inside);
                    after
                }
                [TokenTree::Ident(keyword), TokenTree::Ident(what), ..]
                    if keyword == "extern" && what == "crate" =>
                {
                    let (item, after) = split_at_semicolon(rest);
                    self.read_extern_crate(item, inside);
                    after
                }
                [first, ..] => {
                    if inside.is_empty() && !is_semicolon(first) {
                        self.items.push(Item {
                            line: first.span().start().line,
                            keyword: first.to_string(),
                        });
                    }
                    let (item, after) = split_item(rest);
                    self.read_code(item, inside);
                    after
                }
                [] => rest,
            };
        }
    }

    /// Reads a module in braces, or the name of one in a file of its own.
    fn read_mod(&mut self, name: String, body: &TokenTree, inside: &mut Vec<String>) {
        let TokenTree::Group(group) = body else {
            self.modules.push(name);
            return;
        };
        inside.push(name);
        self.read_module(group.stream(), inside);
        inside.pop();
    }

    /// Reads the tree of a `use`.
    fn read_import(&mut self, tree: &[TokenTree], inside: &[String]) {
        let names = self.read_use(tree, &mut Vec::new(), inside);
        // `use name;` makes a macro of this file a path.
        if inside.is_empty() && tree.len() > 1 {
            self.imported.extend(names);
        }
    }

    /// Reads an `extern crate`. `extern crate self as name;` is another name of the root.
    fn read_extern_crate(&mut self, item: &[TokenTree], inside: &[String]) {
        if let [_, _, TokenTree::Ident(own), ..] = item
            && own == "self"
        {
            let root = vec!["crate".to_owned()];
            self.paths.push(ModulePath::new(own, root, inside));
        }
    }

    /// Reads the paths in code below the level of items.
    fn read_code(&mut self, tokens: &[TokenTree], inside: &[String]) {
        let mut rest = tokens;
        // The scope of `pub(in crate::room)` is not an import.
        if let [TokenTree::Ident(first), scope @ ..] = tokens
            && first == "in"
        {
            rest = path(scope).1;
        }
        while let Some(next) = skip_test_items(rest) {
            rest = next;
            match rest {
                [TokenTree::Ident(keyword), after @ ..]
                    if keyword == "use" && begins_with_path(after) =>
                {
                    let (tree, after) = split_at_semicolon(after);
                    self.read_use(tree, &mut Vec::new(), inside);
                    rest = after;
                }
                // The paths in `quote!(…)` are those of other code.
                [
                    TokenTree::Ident(name),
                    bang,
                    TokenTree::Group(_),
                    after @ ..,
                ] if name == "quote" && is_punct(bang, '!') => {
                    rest = after;
                }
                [TokenTree::Ident(start), ..] => {
                    let (segments, after) = path(rest);
                    if segments.len() > 1 {
                        self.paths.push(ModulePath::new(start, segments, inside));
                    }
                    rest = after;
                }
                [TokenTree::Group(group), after @ ..] => {
                    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
                    self.read_code(&tokens, inside);
                    rest = after;
                }
                [_, after @ ..] => rest = after,
                [] => {}
            }
        }
    }

    /// Adds the paths of a `use`, and returns the names that it imports.
    fn read_use(
        &mut self,
        tree: &[TokenTree],
        prefix: &mut Vec<Ident>,
        inside: &[String],
    ) -> Vec<Imported> {
        let mut imported = Vec::new();
        for branch in tree.split(|token| is_punct(token, ',')) {
            let depth = prefix.len();
            let mut name = None;
            let mut tokens = branch.iter();
            while let Some(token) = tokens.next() {
                match token {
                    TokenTree::Ident(word) if word == "as" => {
                        name = match tokens.next() {
                            Some(TokenTree::Ident(word)) => Some(unraw(word)),
                            _ => None,
                        };
                    }
                    TokenTree::Ident(word) => {
                        prefix.push(word.clone());
                        name = Some(unraw(word));
                    }
                    TokenTree::Group(group) => {
                        name = None;
                        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                        imported.extend(self.read_use(&inner, prefix, inside));
                    }
                    star if is_punct(star, '*') => name = None,
                    _ => {}
                }
            }
            // A group's branches are read by themselves, and after its last comma there is none.
            let is_leaf = !matches!(branch.last(), Some(TokenTree::Group(_)) | None);
            if let (true, Some(start)) = (is_leaf, prefix.first().cloned()) {
                // `{self}` names the module before the braces.
                let last_self = depth > 0 && prefix.last().is_some_and(|it| it == "self");
                let end = prefix.len() - usize::from(last_self);
                let segments: Vec<String> = prefix[..end].iter().map(unraw).collect();
                if last_self && name.as_deref() == Some("self") {
                    name = segments.last().cloned();
                }
                let place = prefix.last().unwrap_or(&start);
                if segments.len() > 1 || is_start(&start) {
                    let path = ModulePath::new(place, segments.clone(), inside);
                    self.paths.push(path);
                }
                imported.extend(name.map(|name| Imported { name, segments }));
            }
            prefix.truncate(depth);
        }
        imported
    }
}

impl ModulePath {
    fn new(place: &Ident, segments: Vec<String>, inside: &[String]) -> Self {
        Self {
            line: place.span().start().line,
            inside: inside.to_vec(),
            segments,
        }
    }

    /// Returns whether the path begins with `crate`, `self` or `super`.
    pub(crate) fn is_from_keyword(&self) -> bool {
        let first = self.segments.first();
        first.is_some_and(|first| STARTS.contains(&first.as_str()))
    }
}

/// Returns the name that an identifier means: `r#call` is `call`.
fn unraw(word: &Ident) -> String {
    word.to_string().trim_start_matches("r#").to_owned()
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn is_semicolon(token: &TokenTree) -> bool {
    is_punct(token, ';')
}

fn is_start(word: &Ident) -> bool {
    STARTS.iter().any(|start| word == start)
}

/// Returns whether the tokens after `use` are a path, and not the `<'a>` of a type's `use<'a>`.
fn begins_with_path(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Ident(_), ..])
}

/// Returns the segments of the path at the beginning of the tokens, and the tokens after it.
fn path(tokens: &[TokenTree]) -> (Vec<String>, &[TokenTree]) {
    let mut segments = Vec::new();
    let mut rest = tokens;
    while let [TokenTree::Ident(word), after @ ..] = rest {
        segments.push(unraw(word));
        rest = after;
        match after {
            [first, second, TokenTree::Ident(_), ..]
                if is_punct(first, ':') && is_punct(second, ':') =>
            {
                rest = after.get(2..).unwrap_or_default();
            }
            _ => break,
        }
    }
    (segments, rest)
}

fn split_at_semicolon(tokens: &[TokenTree]) -> (&[TokenTree], &[TokenTree]) {
    let end = tokens.iter().position(is_semicolon).unwrap_or(tokens.len());
    let (tree, rest) = tokens.split_at(end);
    (tree, rest.get(1..).unwrap_or_default())
}

/// Splits after the first item: at a semicolon, or after its braces.
fn split_item(tokens: &[TokenTree]) -> (&[TokenTree], &[TokenTree]) {
    let is_keyword = |word: &Ident| KEYWORDS.iter().any(|keyword| word == keyword);
    let ends_at_comma = !matches!(tokens, [TokenTree::Ident(word), ..] if is_keyword(word));
    let ends = |token: &TokenTree| {
        is_semicolon(token)
            || ends_at_comma && is_punct(token, ',')
            || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
    };
    let end = tokens.iter().position(ends).unwrap_or(tokens.len());
    tokens.split_at((end + 1).min(tokens.len()))
}

/// Skips the items below `#[cfg(test)]` at the beginning of the tokens; `None` at the end.
fn skip_test_items(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    let mut rest = tokens;
    loop {
        match rest {
            [] => return None,
            [hash, TokenTree::Group(group), after @ ..]
                if is_punct(hash, '#') && is_test(group) =>
            {
                let mut after = after;
                while let [hash, TokenTree::Group(_), next @ ..] = after {
                    if !is_punct(hash, '#') {
                        break;
                    }
                    after = next;
                }
                rest = split_item(after).1;
            }
            // `#![cfg(test)]` covers the whole file.
            [hash, bang, TokenTree::Group(group), ..]
                if is_punct(hash, '#') && is_punct(bang, '!') =>
            {
                if is_test(group) {
                    return None;
                }
                rest = rest.get(3..)?;
            }
            _ => return Some(rest),
        }
    }
}

/// Returns whether an attribute is `cfg(test)` or `cfg(all(test, …))`.
fn is_test(attribute: &Group) -> bool {
    let text: String = attribute.stream().to_string();
    let text: String = text.split_whitespace().collect();
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let source = Source::parse(text).unwrap();
        let paths = source.paths.iter();
        paths
            .map(|it| format!("{} {}", it.line, it.segments.join("::")))
            .collect()
    }

    #[test]
    fn every_branch_of_a_use_is_a_path() {
        assert_eq!(
            paths("use crate::a::{self, b::C, d as e};\npub use super::f::*;\nuse std::io;\n"),
            [
                "1 crate::a",
                "1 crate::a::b::C",
                "1 crate::a::d",
                "2 super::f"
            ]
        );
    }

    #[test]
    fn paths_in_code_and_in_macros_count() {
        assert_eq!(
            paths(
                "fn f<A, B>(x: crate::a::B<u8>) {\n    vec![crate::c::d()];\n    use crate::e::F;\n}\n"
            ),
            ["1 crate::a::B", "2 crate::c::d", "3 crate::e::F"]
        );
    }

    #[test]
    fn tests_comments_strings_and_scopes_do_not_count() {
        let text = "//! crate::a::b\n\
            #[cfg(test)]\nmod tests { use crate::c::D; }\n\
            #[cfg(test)]\n#[allow(x)]\nfn f<A, B>() { crate::e::f() }\n\
            const A: &str = \"crate::g::h\";\n\
            impl X {\n    #[cfg(all(test, unix))]\n    fn g() { crate::i::j() }\n    pub(in crate::k) fn h() {}\n}\n";
        assert_eq!(paths(text), Vec::<String>::new());
        let only_tests = "#![cfg(test)]\nuse crate::a::B;\n";
        assert_eq!(paths(only_tests), Vec::<String>::new());
    }

    #[test]
    fn paths_through_declared_modules_and_imports_count() {
        assert_eq!(
            paths(
                "mod a;\nuse super::b as c;\nuse std::io;\nfn f(x: a::B, y: fmt::C) { for d in c::e() { crate::g() } }\n"
            ),
            ["2 super::b", "4 a::B", "4 c::e", "4 crate::g"]
        );
    }

    #[test]
    fn code_that_is_written_elsewhere_does_not_count() {
        let text = "fn f() { quote!(use crate::a::{#b, c}; super::d()); crate::e::g() }\n";
        assert_eq!(paths(text), ["1 crate::e::g"]);
    }

    #[test]
    fn code_that_a_feature_adds_counts() {
        assert_eq!(
            paths("#[cfg(any(test, feature = \"testing\"))]\nuse crate::a::B;\n"),
            ["2 crate::a::B"]
        );
    }

    #[test]
    fn declared_modules_imported_names_and_other_items_are_distinguished() {
        let source = Source::parse(
            "pub(crate) mod a;\n#[cfg(test)]\nmod tests;\nmod b { use crate::x::Y; }\npub use a::{B, c as D};\nuse own_macro;\nfn f() {}\n",
        )
        .unwrap();
        assert_eq!(source.modules, ["a"]);
        let imported: Vec<_> = source
            .imported
            .iter()
            .map(|it| (&*it.name, it.segments.join("::")))
            .collect();
        assert_eq!(imported, [("B", "a::B".into()), ("D", "a::c".into())]);
        assert_eq!(source.paths[0].inside, ["b"]);
        let items: Vec<_> = source
            .items
            .iter()
            .map(|it| (it.line, &*it.keyword))
            .collect();
        assert_eq!(items, [(7, "fn")]);
    }
}
