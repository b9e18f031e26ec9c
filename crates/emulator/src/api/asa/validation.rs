//! The rules for what callers send.

/// Checks for 1 to 255 word characters, hyphens and dots, as documented, or spaces, as in the documented examples.
pub(crate) fn check_name(name: &str) -> Result<(), &'static str> {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    if name.is_empty() || name.chars().count() > 255 {
        Err("must have 1 to 255 characters")
    } else if !name.chars().all(allowed) {
        Err("must contain only letters, digits, spaces and -_.")
    } else {
        Ok(())
    }
}

/// Checks that a name can be a segment of a path, where these two mean another path.
fn check_segment(name: &str) -> Result<(), &'static str> {
    match name {
        "." | ".." => Err("must not be . or .."),
        _ => Ok(()),
    }
}

/// Checks the name of a service user, which may also have the form of an e-mail address.
pub(crate) fn check_user_name(name: &str) -> Result<(), &'static str> {
    check_segment(name)?;
    check_name(&name.replace(['@', '+'], "_"))
        .map_err(|_| "must have 1 to 255 letters, digits, spaces and @+-_.")
}

/// Checks for 1 to 255 word characters, hyphens and dots: a project's name is part of paths.
pub(crate) fn check_project_name(name: &str) -> Result<(), &'static str> {
    check_segment(name)?;
    check_word(name)
}

/// Checks for 1 to 255 word characters, hyphens and dots, where no documented example has a space.
pub(crate) fn check_word(name: &str) -> Result<(), &'static str> {
    check_name(name)?;
    match name.contains(' ') {
        true => Err("must contain only letters, digits and -_."),
        false => Ok(()),
    }
}

/// Checks for 1 to 1024 characters, if there is a description.
pub(crate) fn check_description(description: Option<&str>) -> Result<(), &'static str> {
    match description {
        Some(text) if !(1..=1024).contains(&text.chars().count()) => {
            Err("must have 1 to 1024 characters")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_names_and_spaces_are_valid() {
        for name in [
            "a",
            "eu-1_x.y",
            "Production gateway",
            "K\u{f6}ln",
            &"x".repeat(255),
        ] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in [
            "",
            "a/b",
            "a\r\nb",
            "\u{1b}[31m",
            "a\0",
            "<b>",
            &"x".repeat(256),
        ] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
        for name in [".", ".."] {
            assert!(check_user_name(name).is_err() && check_project_name(name).is_err());
        }
        assert!(check_user_name("...").is_ok() && check_project_name("a..b").is_ok());
    }
}
