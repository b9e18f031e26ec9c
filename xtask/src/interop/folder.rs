//! A temporary folder that does not outlive us, and the programs that are run for it.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A new folder below the system's temporary one; it goes with all that is in it, unless it is to be kept.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// None when the folder is to be kept.
    guard: Option<Child>,
}

/// Waits until its input ends, as it does when we end in whatever way; then ends the programs in its group and removes the
/// folder. A program may write for a moment after it was told to end.
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
    /// Makes the folder, which must not be there yet.
    pub(crate) fn new(keep: bool) -> Result<Self, String> {
        let name = format!("gatelet-interop-{}", std::process::id());
        Self::at(std::env::temp_dir().join(name), keep)
    }

    fn at(path: PathBuf, keep: bool) -> Result<Self, String> {
        let complain = |error: io::Error| format!("{}: {error}", path.display());
        fs::create_dir(&path).map_err(complain)?;
        let guard = if keep {
            None
        } else {
            let mut guard = Command::new("sh");
            guard.args(["-c", GUARD, "sh"]).arg(&path);
            guard.stdin(Stdio::piped());
            guard.stdout(Stdio::null()).stderr(Stdio::null());
            in_group(&mut guard, 0);
            Some(guard.spawn().map_err(complain)?)
        };
        Ok(Self { path, guard })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A new folder in it.
    pub(crate) fn create(&self, name: &str) -> Result<PathBuf, String> {
        let path = self.path.join(name);
        fs::create_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }

    /// A program that ends when we do, unless the folder is to be kept.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Some(guard) = &self.guard {
            in_group(&mut command, guard.id());
        }
        command
    }
}

/// Starts a command in the process group of that number; in one of its own for 0.
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
        // Ends its input, too.
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
        // All that the guard sees of our end.
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
