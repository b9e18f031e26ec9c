//! What commands with several profiles say of their steps.

use std::sync::{Arc, Mutex, PoisonError};

use crate::output::log_entry::LogEntry;

/// The lines of the commands with several profiles. Most have them all, so each is printed once, at the end, and names its profiles. A clone
/// shares them.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProfileLines(Arc<Mutex<Vec<ProfileLine>>>);

#[derive(Debug)]
struct ProfileLine {
    text: String,
    profiles: Vec<Arc<str>>,
}

impl ProfileLines {
    /// Adds a line of a profile.
    pub(crate) fn add(&self, profile: &Arc<str>, text: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match lines.iter_mut().find(|line| line.text == text) {
            Some(line) if line.profiles.contains(profile) => {}
            Some(line) => line.profiles.push(Arc::clone(profile)),
            None => lines.push(ProfileLine {
                text,
                profiles: vec![Arc::clone(profile)],
            }),
        }
    }

    /// Returns the lines to print, and forgets them. `all` are the profiles in their order.
    pub(crate) fn take(&self, all: &[Arc<str>]) -> Vec<LogEntry> {
        let lines = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        lines.iter().map(|line| line.entry(all)).collect()
    }
}

impl ProfileLine {
    fn entry(&self, all: &[Arc<str>]) -> LogEntry {
        let named = all.iter().filter(|name| self.profiles.contains(name));
        let named: Vec<&str> = named.map(|name| &**name).collect();
        let subject = match named[..] {
            [one] => format!("profile {one}"),
            _ if named.len() == all.len() => "all profiles".to_owned(),
            _ => format!("profiles {}", named.join(", ")),
        };
        let line = match self.text.strip_prefix("warning: ") {
            Some(text) => format!("warning: {subject}: {text}"),
            None => format!("{subject}: {}", self.text),
        };
        LogEntry::line(line).with("profiles", named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_printed_once_and_names_its_profiles_in_their_order() {
        let all: Vec<Arc<str>> = ["a", "b", "c"].map(Arc::from).to_vec();
        let lines = ProfileLines::default();
        lines.add(&all[1], "warning: x".to_owned());
        lines.add(&all[0], "y".to_owned());
        lines.add(&all[0], "warning: x".to_owned());
        for name in &all {
            lines.add(name, "z".to_owned());
        }
        let entries = lines.take(&all);
        let printed: Vec<_> = entries.iter().flat_map(|entry| entry.lines()).collect();
        assert_eq!(
            printed,
            [
                "warning: profiles a, b: x",
                "profile a: y",
                "all profiles: z"
            ]
        );
    }
}
