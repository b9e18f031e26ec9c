//! The widths of a table's columns, in columns of characters.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The space between two columns.
pub(crate) const GAP: usize = 2;

/// The mark of a cut.
const CUT: char = '…';

/// Returns the width of a text; a wide character, such as `語`, has two columns of characters.
pub(crate) fn of(text: &str) -> usize {
    match text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        true => text.len(),
        false => text.width(),
    }
}

/// Returns the width of a line with these columns.
pub(crate) fn of_line(widths: &[usize]) -> usize {
    let gaps = widths.len().saturating_sub(1).saturating_mul(GAP);
    widths
        .iter()
        .fold(gaps, |sum, width| sum.saturating_add(*width))
}

/// Takes from the widest columns first until a line has at most `limit`, and from none more than down to its `least`. Returns whether it
/// fits.
pub(crate) fn fit(widths: &mut [usize], least: &[usize], limit: usize) -> bool {
    loop {
        let excess = of_line(widths).saturating_sub(limit);
        if excess == 0 {
            return true;
        }
        let flexible = widths
            .iter()
            .zip(least)
            .filter(|(width, least)| width > least);
        let flexible: Vec<_> = flexible.map(|(width, _)| *width).collect();
        let Some(&widest) = flexible.iter().max() else {
            return false;
        };
        let count = flexible.iter().filter(|width| **width == widest).count();
        let next = flexible.iter().filter(|width| **width < widest).max();
        let share = excess.checked_div(count).unwrap_or(0).max(1);
        let to = widest.saturating_sub(share).max(next.copied().unwrap_or(0));
        let columns = widths.iter_mut().zip(least);
        // Where the excess is less than the columns, the last of them give.
        for (width, least) in columns
            .rev()
            .filter(|(width, least)| **width == widest && **width > **least)
            .take(excess)
        {
            *width = to.max(*least);
        }
    }
}

/// Cuts a text to a width, with a mark at its end.
pub(crate) fn cut(text: String, width: usize) -> String {
    if of(&text) <= width {
        return text;
    }
    let mut left = width.saturating_sub(1);
    let kept = text.chars().take_while(|c| {
        let fits = c.width().unwrap_or(0) <= left;
        left = left.saturating_sub(c.width().unwrap_or(0));
        fits
    });
    kept.chain([CUT]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(widths: &[usize], least: &[usize], limit: usize) -> (Vec<usize>, bool) {
        let mut widths = widths.to_vec();
        let fits = fit(&mut widths, least, limit);
        (widths, fits)
    }

    #[test]
    fn the_widest_columns_are_taken_from_first() {
        assert_eq!(fitted(&[5, 30, 9], &[5, 4, 4], 48), (vec![5, 30, 9], true));
        assert_eq!(fitted(&[5, 30, 9], &[5, 4, 4], 40), (vec![5, 22, 9], true));
        assert_eq!(
            fitted(&[5, 30, 30], &[5, 4, 4], 49),
            (vec![5, 20, 20], true)
        );
        assert_eq!(
            fitted(&[5, 30, 30], &[5, 4, 30], 50),
            (vec![5, 11, 30], true)
        );
        assert_eq!(fitted(&[20, 20], &[20, 8], 20), (vec![20, 8], false));
        assert_eq!(fitted(&[], &[], 0), (vec![], true));
    }

    #[test]
    fn a_cut_never_splits_a_wide_character() {
        let cut = |text: &str, width| cut(text.to_owned(), width);
        assert_eq!(cut("gateway", 7), "gateway");
        assert_eq!(cut("gateway", 4), "gat…");
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(cut("gateway", 1), "…");
    }
}
