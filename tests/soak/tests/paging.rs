//! A few of the schedules that `cargo xtask soak paging` runs by the million.

use gatelet_soak::paging::{Counts, run_schedule};

#[test]
fn random_schedules_lose_and_repeat_no_item() {
    let mut counts = Counts::default();
    for seed in 0..1000 {
        match run_schedule(seed) {
            Ok(one) => counts += one,
            Err(error) => panic!("{error}"),
        }
    }
    println!("{counts}");
    let all = [
        counts.empty_pages,
        counts.disrupted,
        counts.bad_links,
        counts.errors,
        counts.dropped_waits,
        counts.dropped_lists,
        counts.limited,
    ];
    assert!(all.iter().all(|count| *count > 100), "{counts}");
}

#[test]
fn the_same_seed_gives_the_same_schedule() {
    for seed in 0..100 {
        assert_eq!(run_schedule(seed), run_schedule(seed), "{seed}");
    }
}
