//! The modules of a crate, its rooms, and their imports.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::cycle::Arrows;
use super::source::{ModulePath, Source};
use crate::error::Error;
use crate::workspace::{Package, Workspace};

/// A crate's modules. Its rooms are the modules that its root declares.
#[derive(Debug)]
pub(crate) struct CrateMap {
    pub(crate) name: String,
    /// By path: empty for the root.
    modules: BTreeMap<Vec<String>, Module>,
}

/// A module with a file of its own.
#[derive(Debug)]
struct Module {
    /// Relative to the workspace's root.
    file: PathBuf,
    source: Source,
}

/// The most re-exports between an import and the file that defines the item.
const MAX_RE_EXPORTS: usize = 8;

/// An import of one module from another.
#[derive(Debug)]
struct Import<'a> {
    from: &'a [String],
    to: &'a [String],
    /// The imported item, unless the module itself is imported.
    name: Option<&'a str>,
    place: String,
    /// Whether the path begins at the crate's root.
    is_absolute: bool,
}

impl CrateMap {
    /// Reads a package's library, or else its program; `None` if it has neither.
    pub(crate) fn read(workspace: &Workspace, package: &Package) -> Result<Option<Self>, Error> {
        let source = package.folder.join("src");
        let roots = ["lib.rs", "main.rs"].map(|name| source.join(name));
        let exists = |file: &&PathBuf| workspace.root().join(file).is_file();
        let Some(root) = roots.iter().find(exists) else {
            return Ok(None);
        };
        let mut map = Self {
            name: package.name.clone(),
            modules: BTreeMap::new(),
        };
        map.read_module(workspace, Vec::new(), root, &source)?;
        Ok(Some(map))
    }

    /// Reads a module and those below it; `folder` contains the files of its children.
    fn read_module(
        &mut self,
        workspace: &Workspace,
        path: Vec<String>,
        file: &Path,
        folder: &Path,
    ) -> Result<(), Error> {
        let source = Source::parse(&workspace.read(file)?)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        for name in &source.modules {
            let inner = folder.join(name);
            let candidates = [folder.join(format!("{name}.rs")), inner.join("mod.rs")];
            let exists = |file: &&PathBuf| workspace.root().join(file).is_file();
            let Some(child) = candidates.iter().find(exists) else {
                return Err(Error::Check(format!(
                    "{}: no file of the module `{name}`",
                    file.display()
                )));
            };
            let mut path = path.clone();
            path.push(name.clone());
            self.read_module(workspace, path, child, &inner)?;
        }
        let file = file.to_owned();
        self.modules.insert(path, Module { file, source });
        Ok(())
    }

    /// Returns the rooms, sorted.
    pub(crate) fn rooms(&self) -> Vec<&str> {
        let paths = self.modules.keys();
        paths
            .filter_map(|path| match &path[..] {
                [room] => Some(room.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Returns the arrows between rooms.
    pub(crate) fn arrows(&self) -> Arrows {
        let mut arrows: Arrows = self
            .rooms()
            .into_iter()
            .map(|room| (room.to_owned(), Default::default()))
            .collect();
        for import in self.imports() {
            if let ([from, ..], [to, ..]) = (import.from, import.to)
                && from != to
            {
                arrows.entry(from.clone()).or_default().insert(to.clone());
            }
        }
        arrows
    }

    /// Returns the first place where a room imports from another.
    pub(crate) fn place(&self, from: &str, to: &str) -> Option<String> {
        let mut imports = self.imports();
        let found = imports.find(|import| {
            import.from.first().is_some_and(|it| it == from)
                && import.to.first().is_some_and(|it| it == to)
        });
        found.map(|import| import.place)
    }

    /// Finds imports that name a re-export instead of the module that defines the item.
    pub(crate) fn imports_of_re_exports(&self) -> Vec<String> {
        let found = self.imports().filter_map(|import| {
            if import.to.is_empty() && import.name.is_none() {
                let problem = "imports the crate's root; import each item from the module that defines it";
                return Some(format!("{}: {problem}", import.place));
            }
            let name = import.name?;
            let module = self.modules.get(import.to)?;
            // Within a room, the files of one noun may share what their parent gathers: `super::Name`.
            let is_checked = import.is_absolute || import.to.is_empty();
            let is_re_export = module.source.imported(name).is_some();
            (is_checked && is_re_export).then(|| {
                let file = module.file.display();
                format!(
                    "{}: `{name}` is re-exported by {file}; import it from the module that defines it",
                    import.place
                )
            })
        });
        found.collect()
    }

    /// Finds items in files that should only declare modules and re-export: a library's root, and the file of a room with a folder.
    pub(crate) fn items_beside_modules(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (path, module) in &self.modules {
            let is_root = path.is_empty() && module.file.ends_with("lib.rs");
            let is_room = path.len() == 1 && !module.source.modules.is_empty();
            if !is_root && !is_room {
                continue;
            }
            for item in &module.source.items {
                found.push(format!(
                    "{}:{}: `{}` in a file that only declares modules; move it into one of them",
                    module.file.display(),
                    item.line,
                    item.keyword
                ));
            }
        }
        found
    }

    /// Returns all imports except those of the root, which knows every room.
    fn imports(&self) -> impl Iterator<Item = Import<'_>> {
        let modules = self.modules.iter().filter(|(path, _)| !path.is_empty());
        modules.flat_map(|(path, module)| {
            let paths = module.source.paths.iter();
            let paths = paths.filter(|it| it.is_from_keyword());
            paths.filter_map(|it| self.resolve(path, module, it))
        })
    }

    /// Returns the first place where each file imports from each other file, by their modules' paths: `call::channel`.
    ///
    /// An import through a re-export counts as one from the file that defines the item.
    pub(crate) fn imports_of_files(&self) -> BTreeMap<(String, String), String> {
        let mut imports = BTreeMap::new();
        for (from, module) in &self.modules {
            for path in &module.source.paths {
                let to = self.definition(from, &path.inside, &path.segments, 0);
                if let Some(to) = to.filter(|to| to != from) {
                    let place = || format!("{}:{}", module.file.display(), path.line);
                    imports
                        .entry((file_name(from), file_name(&to)))
                        .or_insert_with(place);
                }
            }
        }
        imports
    }

    /// Returns the module whose file defines what a path names; `None` outside of the crate.
    fn definition(
        &self,
        from: &[String],
        inside: &[String],
        path: &[String],
        depth: usize,
    ) -> Option<Vec<String>> {
        let (mut at, mut rest) = begin(from, inside, path)?;
        let mut is_inside = rest.len() < path.len();
        while let [first, after @ ..] = rest {
            let child = [&at[..], std::slice::from_ref(first)].concat();
            if self.modules.contains_key(&child) {
                at = child;
            } else if let Some(import) = self.modules.get(&at)?.source.imported(first) {
                let path = [&import.segments, after].concat();
                let is_near = depth < MAX_RE_EXPORTS;
                return is_near.then(|| self.definition(&at, &[], &path, depth + 1))?;
            } else {
                break;
            }
            is_inside = true;
            rest = after;
        }
        (is_inside && self.modules.contains_key(&at)).then_some(at)
    }

    /// Follows a path down to the last module in it.
    fn resolve<'a>(
        &'a self,
        from: &'a [String],
        module: &Module,
        path: &'a ModulePath,
    ) -> Option<Import<'a>> {
        let (mut to, mut segments) = begin(from, &path.inside, &path.segments)?;
        while let [first, rest @ ..] = segments {
            to.push(first.clone());
            if !self.modules.contains_key(&to) {
                to.pop();
                break;
            }
            segments = rest;
        }
        // A path may lead into a module that has no file of its own, which is a part of `from`.
        let (to, _) = self.modules.get_key_value(&to)?;
        Some(Import {
            from,
            to,
            name: segments.first().map(String::as_str),
            place: format!("{}:{}", module.file.display(), path.line),
            is_absolute: path.segments.first()? == "crate",
        })
    }
}

/// Returns the module at which a path begins, and the segments after `crate`, `self` and `super`.
fn begin<'a>(
    from: &[String],
    inside: &[String],
    path: &'a [String],
) -> Option<(Vec<String>, &'a [String])> {
    let mut at = match path.first()?.as_str() {
        "crate" => Vec::new(),
        _ => [from, inside].concat(),
    };
    let mut rest = path;
    while let [first, after @ ..] = rest {
        match first.as_str() {
            "crate" | "self" => {}
            "super" => drop(at.pop()),
            _ => break,
        }
        rest = after;
    }
    Some((at, rest))
}

/// Names a module's file as paths in the crate do; the root is `crate`.
fn file_name(path: &[String]) -> String {
    match path {
        [] => "crate".to_owned(),
        path => path.join("::"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::cycle;
    use super::*;

    /// Creates the map of a crate with these files in `src`.
    pub(in super::super) fn map(files: &[(&str, &str)]) -> CrateMap {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join("crates/me/src").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let package = Package {
            name: "me".into(),
            folder: "crates/me".into(),
            ..Package::default()
        };
        let workspace = Workspace::at(folder.path());
        CrateMap::read(&workspace, &package).unwrap().unwrap()
    }

    #[test]
    fn rooms_and_their_arrows_are_read_from_the_code() {
        let map = map(&[
            (
                "lib.rs",
                "mod call;\nmod wire;\n#[cfg(test)]\nmod tests;\npub use call::Call;\n",
            ),
            ("call.rs", "mod channel;\n"),
            (
                "call/channel.rs",
                "use crate::wire::Json;\nuse super::super::wire::x;\n",
            ),
            (
                "wire.rs",
                "pub struct Json;\n#[cfg(test)]\nmod tests { use crate::call::Call; }\n",
            ),
            ("tests.rs", "use crate::call::Call;\n"),
        ]);
        assert_eq!(map.rooms(), ["call", "wire"]);
        let expected = cycle::arrows(&[("call", &["wire"]), ("wire", &[])]);
        assert_eq!(map.arrows(), expected);
        let place = map.place("call", "wire").unwrap();
        assert_eq!(place, "crates/me/src/call/channel.rs:1");
        assert_eq!(map.imports_of_re_exports(), Vec::<String>::new());
    }

    #[test]
    fn an_import_from_the_facade_is_found() {
        let map = map(&[
            ("lib.rs", "mod call;\nmod wire;\npub use call::Call;\n"),
            ("call.rs", "pub struct Call;\n"),
            ("wire.rs", "use std::fmt;\nuse crate::{Call, call};\n"),
        ]);
        assert_eq!(
            map.imports_of_re_exports(),
            [
                "crates/me/src/wire.rs:2: `Call` is re-exported by crates/me/src/lib.rs; import it from the module that defines it"
            ]
        );
    }

    #[test]
    fn an_import_of_the_root_is_found_in_every_form() {
        for import in [
            "use crate as root;",
            "use crate::{self as root};",
            "use super::super as root;",
            "use crate::*;",
            "use crate::{call::Call, *};",
            "use super::super::*;",
            "fn f() { use crate::*; }",
            "extern crate self as root;",
        ] {
            let map = map(&[
                ("lib.rs", "mod call;\nmod wire;\npub use call::Call;\n"),
                ("call.rs", "pub struct Call;\n"),
                ("wire.rs", "mod json;\n"),
                ("wire/json.rs", import),
            ]);
            let found = map.imports_of_re_exports();
            assert_eq!(found.len(), 1, "{import} {found:?}");
            let start = "crates/me/src/wire/json.rs:1: imports the crate's root";
            assert!(found[0].starts_with(start), "{found:?}");
        }
    }

    #[test]
    fn a_raw_identifier_is_the_same_name() {
        let map = map(&[
            ("lib.rs", "mod call;\nmod wire;\n"),
            ("call.rs", "pub struct Call;\n"),
            (
                "wire.rs",
                "use crate::r#call::Call;\nfn f(_: crate::r#call::Call) {}\n",
            ),
        ]);
        assert_eq!(
            map.place("wire", "call").unwrap(),
            "crates/me/src/wire.rs:1"
        );
    }

    #[test]
    fn an_import_through_the_file_of_a_room_is_found() {
        let map = map(&[
            ("lib.rs", "mod call;\nmod wire;\n"),
            (
                "call.rs",
                "mod channel;\npub(crate) use channel::Channel;\n",
            ),
            (
                "call/channel.rs",
                "use super::Channel as Same;\npub struct Channel;\n",
            ),
            ("wire.rs", "use crate::call::Channel;\n"),
        ]);
        let found = map.imports_of_re_exports();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("crates/me/src/wire.rs:1: `Channel`"),
            "{found:?}"
        );
    }

    #[test]
    fn an_item_in_a_file_of_modules_is_found() {
        let map = map(&[
            (
                "lib.rs",
                "#![no_std]\n//! Docs.\nextern crate alloc;\nmod call;\nmod wire;\npub use call::x::A;\nfn f() {}\n",
            ),
            ("call.rs", "pub(crate) mod x;\n\nconst A: u8 = 1;\n"),
            ("call/x.rs", "pub struct A;\n"),
            ("wire.rs", "pub struct B;\n"),
        ]);
        assert_eq!(
            map.items_beside_modules(),
            [
                "crates/me/src/lib.rs:7: `fn` in a file that only declares modules; move it into one of them",
                "crates/me/src/call.rs:3: `const` in a file that only declares modules; move it into one of them"
            ]
        );
    }
}
