//! The examples in the help of each command.

use clap::Command;

use crate::generated::{asa, dt};

/// Those of the program itself.
const FIRST: &[&str] = &[
    "gatelet --emulator asa gateway list",
    "gatelet config init",
    "gatelet --profile prod dt active-gate-token expiring --within 60d",
    "gatelet help dt active-gate-token create",
];

/// Those of the commands that are written by hand. A line belongs to the command that it begins with.
const BY_HAND: &[&str] = &[
    "gatelet asa enrollment-token create web --description workers",
    "gatelet asa enrollment-token reveal web 0b2f9b8e-4c0f-4a5e-8a53-0a9e6d2f7c44",
    "gatelet asa gateway list --status",
    "gatelet asa gateway list --label env=prod --label zone",
    "gatelet asa gateway update a2dfd474-2db4-4bb2-8364-d5f76ade396e --label env=prod --label zone=a",
    "gatelet asa gateway update a2dfd474-2db4-4bb2-8364-d5f76ade396e --refuse-connections true",
    "gatelet asa gateway labels --unmet",
    "gatelet asa gateway watch --status --interval 1m",
    "gatelet asa gateway projects a2dfd474-2db4-4bb2-8364-d5f76ade396e",
    "gatelet asa gateway-setup-token create --description 'new gateways' --label env=prod",
    "gatelet asa gateway-setup-token create --label env=prod --out setup-token",
    "gatelet asa gateway-setup-token list --selector 'env in (dev,prod)'",
    "gatelet asa gateway-setup-token reveal 6116bb2a-7289-4528-92ee-8e92443c3b61",
    "gatelet asa gateway-setup-token projects 6116bb2a-7289-4528-92ee-8e92443c3b61",
    "gatelet asa project gateways web",
    "gatelet asa resource-group project gateways 2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111 8fe1a2c4-5f0c-4a5e-9d0e-6e1a1c1d2b30",
    "gatelet asa resource-group enrollment-token create 2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111 8fe1a2c4-5f0c-4a5e-9d0e-6e1a1c1d2b30 --description workers",
    "gatelet asa resource-group enrollment-token reveal 2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111 8fe1a2c4-5f0c-4a5e-9d0e-6e1a1c1d2b30 0b2f9b8e-4c0f-4a5e-8a53-0a9e6d2f7c44",
    "gatelet asa service-user create deploy-bot",
    "gatelet asa service-user current-user",
    "gatelet asa service-user update deploy-bot --status DISABLED",
    "gatelet asa migrate plan --from-profile asa --to-profile opa --plan plan.json",
    "gatelet asa migrate apply --plan plan.json",
    "gatelet asa service-user key rotate --out key.json",
    "gatelet asa service-user key rotate --out-command 'vault kv put secret/gatelet -'",
    "gatelet asa service-user key delete deploy-bot 7b1d7f0a-93c5-4f4b-8d5b-1d8e5f2c9a11",
    "gatelet dt active-gate attention --within 2w",
    "gatelet dt active-gate watch --interval 1m",
    "gatelet dt active-gate-token list --name 'edge-*' --expires-within 30d",
    "gatelet dt active-gate-token list --unused-for 90d",
    "gatelet dt active-gate-token create edge-7 --expires 60d",
    "gatelet dt active-gate-token create edge-7 --type cluster --seed",
    "gatelet dt active-gate-token create edge-7 --out edge-7.env --out-format dotenv",
    "gatelet dt active-gate-token delete dt0g02.4KWZO5EF",
    "gatelet dt active-gate-token find-lost edge-7 --since 10m",
    "gatelet dt active-gate-token expiring --within 2w",
    "gatelet dt active-gate-token expiring --all-profiles",
    "gatelet dt active-gate-token audit --unused-for 26w",
    "gatelet dt active-gate-token rotate --within 30d --out-dir tokens",
    "gatelet dt active-gate-token rotate dt0g02.4KWZO5EF --out edge-7.token --delete-old",
    "gatelet dt active-gate-token prune --unused-for 90d --plan plan.json",
    "gatelet dt active-gate-token prune --apply plan.json",
    "gatelet dt active-gate-token users dt0g02.4KWZO5EF",
    "gatelet dt update-job list-all --from 2d",
    "gatelet dt update-job list -1556499193 --from 2w --last-updates",
    "gatelet dt update-job create -1556499193 latest",
    "gatelet dt update-job validate -1556499193 1.198.0.20200630-163221",
    "gatelet login",
    "gatelet login dt --profile prod --url https://abc12345.live.dynatrace.com --secret-command pass dynatrace/prod",
    "gatelet doctor",
    "gatelet doctor dt --profile prod",
    "gatelet doctor dt --api platform",
    "gatelet exporter --interval 5m",
    "gatelet exporter dt --profile prod --listen 127.0.0.1:9470",
    "gatelet exporter --file /var/lib/node_exporter/textfile/gatelet.prom",
    "gatelet completions bash",
    "gatelet version --json",
    "gatelet config init",
    "gatelet config get dt.url --profile prod",
    "gatelet config set dt.url https://abc12345.live.dynatrace.com --profile prod",
    "gatelet config set dt.token_command pass dynatrace/prod --profile prod",
    "gatelet config unset readonly --profile prod",
    "gatelet config list",
    "gatelet config use prod",
    "gatelet config path",
    "gatelet config validate",
    "gatelet emulator serve --data state.redb",
    "gatelet emulator enroll gateway-4 --setup-token 6116bb2a-7289-4528-92ee-8e92443c3b61",
];

/// Adds its examples to the help of each command; a command with commands of its own has the first one of each of these.
pub(crate) fn with_examples(command: Command) -> Command {
    let lines: Vec<_> = [BY_HAND, asa::EXAMPLES, dt::EXAMPLES].concat();
    let name = command.get_name().to_owned();
    with(below(command, &name, &lines), FIRST)
}

fn below(command: Command, words: &str, lines: &[&'static str]) -> Command {
    command.mut_subcommands(|it| {
        let words = format!("{words} {}", it.get_name());
        let own: Vec<_> = lines
            .iter()
            .filter(|line| begins_with(line, &words))
            .copied()
            .collect();
        let first: Vec<_> = match it.has_subcommands() {
            true => it
                .get_subcommands()
                .filter_map(|inner| {
                    let words = format!("{words} {}", inner.get_name());
                    own.iter().find(|line| begins_with(line, &words)).copied()
                })
                .collect(),
            false => own.clone(),
        };
        with(below(it, &words, &own), &first)
    })
}

fn begins_with(line: &str, words: &str) -> bool {
    let rest = line.strip_prefix(words);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// Adds examples to what follows the help, short and long.
fn with(command: Command, examples: &[&str]) -> Command {
    let Some((first, others)) = examples.split_first() else {
        return command;
    };
    let title = match others {
        [] => "Example:",
        _ => "Examples:",
    };
    let lines = others
        .iter()
        .fold(format!("{title}\n  {first}"), |lines, it| {
            format!("{lines}\n  {it}")
        });
    let after = |text: Option<String>| match text {
        Some(text) => format!("{}\n\n{lines}", text.trim_end()),
        None => lines.clone(),
    };
    let short = command.get_after_help().map(ToString::to_string);
    let long = command.get_after_long_help().map(ToString::to_string);
    let command = match long {
        Some(long) => command.after_long_help(after(Some(long))),
        None => command,
    };
    command.after_help(after(short))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::args::{self, Args};

    /// Returns the words of a line, of which some may be in single quotes.
    fn words(line: &str) -> Vec<String> {
        let parts = line.split('\'').enumerate();
        let words = parts.flat_map(|(number, part)| match number % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        });
        words.collect()
    }

    fn examples(command: &Command) -> Vec<String> {
        let help = command.get_after_help().map(ToString::to_string);
        let help = help.unwrap_or_default();
        let (_, lines) = help.rsplit_once("Example").unwrap_or_default();
        lines
            .lines()
            .skip(1)
            .map(|line| line.trim().to_owned())
            .collect()
    }

    fn check(command: &Command, words: &str) {
        let examples = examples(command);
        assert!(!examples.is_empty(), "{words}: no example");
        for example in examples {
            assert!(begins_with(&example, words), "{words}: {example}");
        }
        let shown = command.get_subcommands().filter(|it| !it.is_hide_set());
        for inner in shown.filter(|it| it.get_name() != "help") {
            check(inner, &format!("{words} {}", inner.get_name()));
        }
    }

    #[test]
    fn every_command_has_examples_of_its_own() {
        check(&args::command(80), "gatelet");
    }

    #[test]
    fn every_example_is_a_command_line_and_is_shown() {
        let command = args::command(80);
        let lines = [FIRST, BY_HAND, asa::EXAMPLES, dt::EXAMPLES].concat();
        for line in lines {
            let parsed = command.clone().try_get_matches_from(words(line));
            let is_help = line.starts_with("gatelet help ");
            assert!(is_help || parsed.is_ok(), "{line}: {parsed:?}");
            // What most lines are parsed with has no texts, and must know as much.
            let parsed = Args::try_parse_from(words(line));
            assert!(is_help || parsed.is_ok(), "{line}: {parsed:?}");
            assert!(is_shown(&command, line), "{line} begins with no command");
        }
    }

    fn is_shown(command: &Command, line: &str) -> bool {
        let is_own = examples(command).iter().any(|it| it == line);
        is_own || command.get_subcommands().any(|it| is_shown(it, line))
    }
}
