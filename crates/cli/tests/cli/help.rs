//! Help, and what is suggested after a mistake.

use crate::run::Fixture;

#[test]
fn the_command_help_shows_what_the_option_does() {
    let fixture = Fixture::new();
    for command in ["", "asa gateway", "asa gateway list", "dt token create"] {
        let option = fixture.run(&format!("{command} --help")).success();
        let help = fixture.run(&format!("help {command}")).success();
        assert_eq!(help, option, "{command}");
        assert!(help.contains("\nExample"), "{command}: {help}");
    }
}

#[test]
fn help_is_as_wide_as_columns_says() {
    for width in [60, 80] {
        let fixture = Fixture::new().with("COLUMNS", width.to_string());
        let help = fixture.run("asa gateway update --help").success();
        let lines = help.lines().filter(|line| !line.contains("https://"));
        let widest = lines.map(|line| line.chars().count()).max().unwrap();
        assert!((width - 12..=width).contains(&widest), "{widest}: {help}");
    }
}

// U32
#[test]
fn a_mistyped_name_is_suggested() {
    let fixture = Fixture::new();
    let config = fixture.file(
        "config.toml",
        "[profiles.production.dt]\n[profiles.test.dt]\n",
    );
    let fixture = fixture.with("GATELET_CONFIG", config.to_str().unwrap());
    for (line, meant) in [
        ("asa gatway list", "did you mean gateway?"),
        ("asa gateways lists", "did you mean list?"),
        ("emulatr serve", "did you mean emulator?"),
        ("help asa gatway", "did you mean gateway?"),
        (
            "--profile prodction dt token list",
            "did you mean production?",
        ),
        ("config use tset", "did you mean test?"),
        ("config get dt.ulr --profile test", "did you mean dt.url?"),
        (
            "--emulator dt token list --columns expire",
            "did you mean EXPIRES?",
        ),
        (
            "--emulator dt token list --sort-by last-use",
            "did you mean LAST_USED?",
        ),
    ] {
        let error = fixture.run(line).fails_with(2);
        assert!(error.contains(meant), "{line}: {error}");
    }
    // A token or a password in the wrong place is not repeated.
    let error = fixture.run("hunter2").fails_with(2);
    assert!(!error.contains("hunter2"), "{error}");
}
