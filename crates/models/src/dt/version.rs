//! Versions of ActiveGates.

use alloc::format;

use super::{ActiveGateRelease, ActiveGateVersion};

const LATEST: &str = "latest";

impl ActiveGateVersion {
    /// Returns the newest version, as a target of an update.
    ///
    /// ```
    /// use gatelet_models::dt::{ActiveGateVersion, UpdateJobCreate};
    ///
    /// let newest = UpdateJobCreate::new(ActiveGateVersion::latest());
    /// assert_eq!(newest, UpdateJobCreate::new("latest"));
    /// ```
    #[must_use]
    pub fn latest() -> Self {
        LATEST.into()
    }

    /// Whether it stands for the newest version.
    #[must_use]
    pub fn is_latest(&self) -> bool {
        self.as_str() == LATEST
    }

    /// Whether it has one of the documented forms: `latest`, or `major.minor.revision.timestamp`.
    ///
    /// ```
    /// use gatelet_models::dt::ActiveGateVersion;
    ///
    /// assert!(ActiveGateVersion::from("1.198.0.20200630-163221").is_valid());
    /// assert!(!ActiveGateVersion::from("1.198.0").is_valid());
    /// ```
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.is_latest() || self.parts().is_some()
    }

    /// Returns the three numbers, which filters compare; `None` for `latest` and for a form that is not documented.
    ///
    /// ```
    /// use gatelet_models::dt::{ActiveGateRelease, ActiveGateVersion};
    ///
    /// let version = ActiveGateVersion::from("1.198.0.20200630-163221");
    /// assert_eq!(version.release(), Some(ActiveGateRelease::from_numbers(1, 198, 0)));
    /// ```
    #[must_use]
    pub fn release(&self) -> Option<ActiveGateRelease> {
        let ([major, minor, revision], _) = self.parts()?;
        Some(ActiveGateRelease::from_numbers(major, minor, revision))
    }

    fn parts(&self) -> Option<([u32; 3], &str)> {
        let (release, timestamp) = self.as_str().rsplit_once('.')?;
        let (date, time) = timestamp.split_once('-')?;
        let is_timestamp = is_digits(date) && is_digits(time);
        numbers(release)
            .filter(|_| is_timestamp)
            .map(|it| (it, timestamp))
    }
}

impl ActiveGateRelease {
    /// Creates a release from its numbers.
    ///
    /// ```
    /// use gatelet_models::dt::ActiveGateRelease;
    ///
    /// assert_eq!(ActiveGateRelease::from_numbers(1, 195, 0).as_str(), "1.195.0");
    /// ```
    #[must_use]
    pub fn from_numbers(major: u32, minor: u32, revision: u32) -> Self {
        format!("{major}.{minor}.{revision}").into()
    }

    /// Returns the numbers, which are compared one after the other; `None` for a form that is not documented.
    ///
    /// ```
    /// use gatelet_models::dt::ActiveGateRelease;
    ///
    /// assert_eq!(ActiveGateRelease::from("1.195.0").numbers(), Some([1, 195, 0]));
    /// assert_eq!(ActiveGateRelease::from("1.195").numbers(), None);
    /// ```
    #[must_use]
    pub fn numbers(&self) -> Option<[u32; 3]> {
        numbers(self.as_str())
    }
}

fn numbers(text: &str) -> Option<[u32; 3]> {
    let mut parts = text.split('.');
    let mut numbers = [0; 3];
    for number in &mut numbers {
        let part = parts.next().filter(|it| is_digits(it))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_version_has_four_parts() {
        for valid in [
            "latest",
            "1.198.0.20200630-163221",
            "1.343.12.20260901-000000",
        ] {
            assert!(ActiveGateVersion::from(valid).is_valid(), "{valid}");
        }
        for wrong in [
            "",
            "Latest",
            "1.198",
            "1.198.0",
            "1.198.0.",
            "1.198.0.20200630",
            "1.198.0.2020-",
            "1.198.0.-1",
            "+1.198.0.20200630-163221",
            "1.198.0.0.20200630-163221",
            "v1.198.0.1-1",
            "1.198.99999999999.20200630-163221",
            " latest",
        ] {
            assert!(!ActiveGateVersion::from(wrong).is_valid(), "{wrong}");
        }
    }

    #[test]
    fn a_release_has_three_numbers() {
        assert_eq!(
            ActiveGateRelease::from("1.195.0").numbers(),
            Some([1, 195, 0])
        );
        for wrong in [
            "",
            "1.195",
            "1.195.0.1",
            "1.195.x",
            "1..0",
            "+1.1.1",
            "latest",
        ] {
            assert_eq!(ActiveGateRelease::from(wrong).numbers(), None, "{wrong}");
        }
    }
}
