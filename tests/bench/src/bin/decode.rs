//! Measures all groups in CPU time and in instructions.
//!
//! `decode` prints a table for each group, `decode GROUP` for one of them. `decode GROUP ROW RUNS` only runs one row this many
//! times, so that its instructions can be counted.
//!
//! Only instructions above their limit fail the run: CPU time depends on the load of the machine, and is shown beside its goal.

use std::io::{self, Write as _};
use std::process::{Command, ExitCode};

use bench::subject::{Bounds, CreateGroup, GROUPS, Group};
use cpu_time::ThreadTime;

type Error = Box<dyn std::error::Error>;

/// The number of rounds, of which the median counts. Each round runs every row of a group.
const ROUNDS: usize = 41;

fn main() -> Result<ExitCode, Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => print_tables(GROUPS),
        [group] => print_tables(&[find_group(group)?]),
        [group, row, runs] => {
            let group = find_group(group)?.1()?;
            let row = group
                .subjects
                .get(row.parse::<usize>()?)
                .ok_or("no such row")?;
            (0..runs.parse()?).for_each(|_: usize| row.run());
            Ok(ExitCode::SUCCESS)
        }
        _ => Err("usage: decode [GROUP [ROW RUNS]]".into()),
    }
}

fn find_group(name: &str) -> Result<(&'static str, CreateGroup), Error> {
    let group = GROUPS.iter().find(|(it, _)| *it == name);
    group
        .copied()
        .ok_or_else(|| format!("no group `{name}`").into())
}

/// Prints the tables; returns exit code 1 if a ratio of instructions exceeds its limit.
fn print_tables(groups: &[(&str, CreateGroup)]) -> Result<ExitCode, Error> {
    let mut out = io::stdout().lock();
    let has_valgrind = Command::new("valgrind").arg("--version").output().is_ok();
    if !has_valgrind {
        writeln!(
            out,
            "valgrind is not installed: instructions are not counted."
        )?;
    }
    let mut exceeded = 0;
    for (name, create) in groups {
        let group = create()?;
        let times = measure_times(&group);
        let instructions = match has_valgrind {
            true => Some(measure_instructions(name, &group)?),
            false => None,
        };
        exceeded += print_group(&mut out, &group, &times, instructions.as_deref())?;
    }
    Ok(ExitCode::from(u8::from(exceeded > 0)))
}

/// Returns the nanoseconds of CPU time per unit of each row: medians of interleaved rounds.
fn measure_times(group: &Group) -> Vec<f64> {
    let mut rounds: Vec<Vec<f64>> = vec![Vec::new(); group.subjects.len()];
    for _ in 0..ROUNDS {
        for (subject, rounds) in group.subjects.iter().zip(&mut rounds) {
            let start = ThreadTime::now();
            subject.run();
            rounds.push(start.elapsed().as_secs_f64() * 1e9 / f64::from(subject.units));
        }
    }
    rounds
        .into_iter()
        .map(|mut rounds| {
            rounds.sort_by(f64::total_cmp);
            rounds.get(ROUNDS / 2).copied().unwrap_or(f64::NAN)
        })
        .collect()
}

/// Returns the instructions per unit of each row.
fn measure_instructions(name: &str, group: &Group) -> Result<Vec<f64>, Error> {
    group
        .subjects
        .iter()
        .enumerate()
        .map(|(at, subject)| {
            // The difference excludes the instructions before and after the runs.
            let (few, many) = (
                count_instructions(name, at, 1)?,
                count_instructions(name, at, 4)?,
            );
            Ok((many - few) / 3.0 / f64::from(subject.units))
        })
        .collect()
}

/// Counts the instructions of a process that runs one row this many times.
fn count_instructions(group: &str, row: usize, runs: usize) -> Result<f64, Error> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([group, &row.to_string(), &runs.to_string()])
        .output()?;
    let log = String::from_utf8(output.stderr)?;
    let collected = log
        .split("Collected : ")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next());
    Ok(collected
        .ok_or_else(|| format!("valgrind: {log}"))?
        .parse()?)
}

/// Prints a group, and returns the number of ratios of instructions that exceed their limits.
fn print_group(
    out: &mut impl io::Write,
    group: &Group,
    times: &[f64],
    instructions: Option<&[f64]>,
) -> io::Result<usize> {
    writeln!(
        out,
        "\n{}\n{:40} {:>9} {:>6} {:>9} {:>6}  bounds",
        group.title,
        "",
        format!("ns/{}", group.unit),
        "x",
        "instr",
        "x"
    )?;
    let mut exceeded = 0;
    for (at, subject) in group.subjects.iter().enumerate() {
        let (time, time_ratio) = cell(Some(times), at);
        let (count, count_ratio) = cell(instructions, at);
        let Bounds {
            time_goal,
            instruction_limit,
        } = subject.bounds;
        let is_exceeded = instruction_limit.is_some_and(|limit| count_ratio > limit);
        let is_missed = time_goal.is_some_and(|goal| time_ratio > goal);
        exceeded += usize::from(is_exceeded);
        writeln!(
            out,
            "{:40} {time:>9.1} {time_ratio:>6.3} {count:>9.0} {count_ratio:>6.3}  {}",
            subject.name,
            remark(subject.bounds, is_missed, is_exceeded)
        )?;
    }
    Ok(exceeded)
}

/// Returns the measurement of a row and its ratio to that of the first row.
fn cell(figures: Option<&[f64]>, at: usize) -> (f64, f64) {
    let figure = |at: usize| {
        figures
            .and_then(|figures| figures.get(at))
            .copied()
            .unwrap_or(f64::NAN)
    };
    (figure(at), figure(at) / figure(0))
}

/// Returns the bounds of a row, and which of them are not kept.
fn remark(bounds: Bounds, is_missed: bool, is_exceeded: bool) -> String {
    let time = bounds.time_goal.map(|goal| {
        let missed = if is_missed { ", missed" } else { "" };
        format!("goal of time {goal}{missed}")
    });
    let instructions = bounds.instruction_limit.map(|limit| {
        let exceeded = if is_exceeded { ", EXCEEDED" } else { "" };
        format!("limit of instructions {limit}{exceeded}")
    });
    let all: Vec<String> = [time, instructions].into_iter().flatten().collect();
    all.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prints the dates with these ratios of their second row.
    fn print(time: f64, instructions: f64) -> (String, usize) {
        let (_, create) = GROUPS.iter().find(|(name, _)| *name == "iso-s").unwrap();
        let group = create().unwrap();
        let mut out = Vec::new();
        let exceeded = print_group(&mut out, &group, &[1.0, time], Some(&[1.0, instructions]));
        (String::from_utf8(out).unwrap(), exceeded.unwrap())
    }

    #[test]
    fn only_instructions_above_their_limit_count() {
        let (kept, exceeded) = print(0.1, 0.1);
        assert!(!kept.contains("missed") && !kept.contains("EXCEEDED"));
        assert_eq!(exceeded, 0);
        let (missed, exceeded) = print(0.9, 0.1);
        assert!(missed.contains("missed") && !missed.contains("EXCEEDED"));
        assert_eq!(exceeded, 0);
        let (over, exceeded) = print(0.1, 0.9);
        assert!(!over.contains("missed") && over.contains("EXCEEDED"));
        assert_eq!(exceeded, 1);
    }
}
