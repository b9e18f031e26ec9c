//! The result of a run, from the log of libFuzzer.

use std::fmt;

/// The statistics of a run, and the finding that ended it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Report {
    /// The number of inputs.
    pub(crate) runs: u64,
    /// The number of control-flow edges that were reached.
    edges: u64,
    /// The log from the panic on; empty if nothing was found.
    pub(crate) finding: String,
}

impl Report {
    pub(crate) fn parse(log: &str) -> Self {
        let lines = || log.lines().rev();
        let runs = lines()
            .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
            .or_else(|| lines().find_map(|line| line.strip_prefix('#')?.split_whitespace().next()));
        let edges = lines().find_map(|line| line.split_once("cov: ")?.1.split_whitespace().next());
        let number = |text: Option<&str>| text.and_then(|text| text.trim().parse().ok());
        Self {
            runs: number(runs).unwrap_or_default(),
            edges: number(edges).unwrap_or_default(),
            finding: finding(log),
        }
    }
}

/// Returns the lines from the first panic on, without its stack trace and the bytes of the input.
fn finding(log: &str) -> String {
    let is_noise = |line: &&str| {
        let start = line.trim_start();
        start.starts_with("at ")
            || start.starts_with("0x")
            || start
                .split_once(": ")
                .is_some_and(|(number, _)| number.parse::<u32>().is_ok())
    };
    let panic = log
        .lines()
        .skip_while(|line| !line.contains("panicked at") && !line.contains("ERROR: "));
    panic
        .filter(|line| !is_noise(line))
        .collect::<Vec<_>>()
        .join("\n")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} runs, {} edges, nothing found", self.runs, self.edges)
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn a_run_without_a_finding_is_summarized() {
        let report = Report::parse(
            "#2\tINITED cov: 17 ft: 18 corp: 1/1b\n#4096\tpulse  cov: 44 ft: 90 corp: 7/120b\nDone 5000 runs in 61 second(s)\n\
             stat::number_of_executed_units: 5000\nstat::average_exec_per_sec:     81\n",
        );
        assert_eq!(report.to_string(), "5000 runs, 44 edges, nothing found");
        assert_eq!(report.finding, "");
    }

    #[test]
    fn a_finding_is_shown_from_the_panic_on() {
        let report = Report::parse(
            "#2\tINITED cov: 17 ft: 18\n#31\tNEW    cov: 20 ft: 21\nthread '<unnamed>' panicked at src/body.rs:9:5:\nlost\n   0: std::panic\n\
             \x20            at src/panic.rs:3\n0x3c,0x68,\nTest unit written to crash-1\n",
        );
        assert_eq!((report.runs, report.edges), (31, 20));
        assert_eq!(
            report.finding,
            "thread '<unnamed>' panicked at src/body.rs:9:5:\nlost\nTest unit written to crash-1"
        );
    }
}
