//! A temporary folder that is removed when this process ends, and the programs that run in it.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A new folder below the system's temporary one. It is removed with its contents unless it is to be kept.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// The process that removes the folder; `None` when the folder is to be kept.
    guard: Option<Child>,
}

/// Waits until its input ends, which happens however this process ends. Then it terminates the programs in its process group
/// and removes the folder, repeatedly, because a program may still write for a moment.
const GUARD: &str = r#"
trap '' HUP INT TERM
cat >/dev/null
kill -s TERM 0
for _ in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf -- "$1" 2>/dev/null
    test -e "$1" || exit 0
    sleep 1
done
exit 1
"#;

impl Folder {
    /// Creates the folder, which must not exist yet.
    pub(crate) fn new(keep: bool) -> Result<Self, String> {
        let name = format!("gatelet-interop-{}", std::process::id());
        Self::at(std::env::temp_dir().join(name), keep)
    }

    fn at(path: PathBuf, keep: bool) -> Result<Self, String> {
        let with_path = |error: io::Error| format!("{}: {error}", path.display());
        fs::create_dir(&path).map_err(with_path)?;
        let guard = if keep {
            None
        } else {
            let mut guard = Command::new("sh");
            guard.args(["-c", GUARD, "sh"]).arg(&path);
            guard.stdin(Stdio::piped());
            guard.stdout(Stdio::null()).stderr(Stdio::null());
            in_group(&mut guard, 0);
            Some(guard.spawn().map_err(with_path)?)
        };
        Ok(Self { path, guard })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Creates a folder in it.
    pub(crate) fn create(&self, name: &str) -> Result<PathBuf, String> {
        let path = self.path.join(name);
        fs::create_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }

    /// Returns a command whose process ends with this one, unless the folder is to be kept.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Some(guard) = &self.guard {
            in_group(&mut command, guard.id());
        }
        command
    }
}

/// Puts a command into the process group with this number, or into a new one for 0.
#[cfg(unix)]
fn in_group(command: &mut Command, group: u32) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(group.try_into().unwrap_or(0));
}

#[cfg(not(unix))]
fn in_group(_: &mut Command, _: u32) {}

impl Drop for Folder {
    fn drop(&mut self) {
        let Some(guard) = &mut self.guard else {
            println!("interop: kept {}", self.path.display());
            return;
        };
        // `wait` also closes its input.
        match guard.wait() {
            Ok(status) if status.success() => {}
            _ => eprintln!("interop: {} could not be removed", self.path.display()),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    // U27
    #[test]
    fn a_run_that_is_killed_leaves_neither_folder_nor_program() {
        let outer = tempfile::tempdir().unwrap();
        let mut folder = Folder::at(outer.path().join("run"), false).unwrap();
        let inner = folder.create("tool").unwrap();
        fs::write(inner.join("file"), "x").unwrap();
        let mut tool = folder.command("sleep").arg("600").spawn().unwrap();
        // This is all that the guard notices when this process is killed.
        drop(folder.guard.as_mut().unwrap().stdin.take());
        assert!(!tool.wait().unwrap().success());
        drop(folder);
        assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_survives_with_keep() {
        let outer = tempfile::tempdir().unwrap();
        drop(Folder::at(outer.path().join("run"), true).unwrap());
        assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 1);
    }
}
