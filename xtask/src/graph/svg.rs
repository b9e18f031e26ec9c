//! Layouts as an SVG image.

use std::fmt::Write as _;

use super::layout::{Layout, Line, Node};

const MARGIN: usize = 24;
const BOX_HEIGHT: usize = 30;
/// The distance from one row to the next.
const ROW: usize = 74;
const SPACE: usize = 22;
/// The width of a letter, and of a gap that a line passes through.
const LETTER: usize = 8;
const GAP: usize = 16;
const HEADING: usize = 56;

/// Colors by class, for light and dark mode.
const STYLE: &str = "\
    text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #1f2328; text-anchor: middle }\n\
    .title { font: bold 18px system-ui, sans-serif; text-anchor: start }\n\
    .note { font: 13px system-ui, sans-serif; text-anchor: start; fill: #59636e }\n\
    .ground { fill: #ffffff }\n\
    .box { fill: #ddf4ff; stroke: #0969da }\n\
    .tool { fill: #f6f8fa; stroke: #818b98; stroke-dasharray: 4 3 }\n\
    .arrow { fill: none; stroke: #59636e; stroke-width: 1.3 }\n\
    .head { fill: #59636e }\n\
    .cycle { fill: none; stroke: #d1242f; stroke-width: 2 }\n\
    @media (prefers-color-scheme: dark) {\n\
    text { fill: #f0f6fc }\n\
    .note { fill: #9198a1 }\n\
    .ground { fill: #0d1117 }\n\
    .box { fill: #121d2f; stroke: #4493f8 }\n\
    .tool { fill: #151b23; stroke: #656c76 }\n\
    .arrow { stroke: #9198a1 }\n\
    .head { fill: #9198a1 }\n\
    .cycle { stroke: #f85149 }\n\
    }\n";

/// One graph of the image.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    pub(crate) title: &'a str,
    pub(crate) note: &'a str,
    pub(crate) layout: Layout,
    /// Boxes with a dashed border.
    pub(crate) dashed: Vec<&'a str>,
}

/// A box or gap on the image.
#[derive(Clone, Copy, Debug)]
struct Place {
    middle: usize,
    width: usize,
    top: usize,
}

/// Draws the parts one below the other.
pub(crate) fn image(parts: &[Part<'_>]) -> String {
    let widths = parts.iter().map(|part| part_width(&part.layout));
    let width = widths.max().unwrap_or_default().max(600) + 2 * MARGIN;
    let mut body = String::new();
    let mut top = MARGIN;
    for part in parts {
        draw(&mut body, part, top, width);
        top += HEADING + part.layout.rows.len() * ROW;
    }
    let height = top;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\n\
        <title>Crates and rooms</title>\n<style>\n{STYLE}</style>\n\
        <defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
        <path class=\"head\" d=\"M0 0 8 4 0 8z\"/></marker></defs>\n\
        <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n"
    )
}

fn draw(body: &mut String, part: &Part<'_>, top: usize, width: usize) {
    let title_line = top + 16;
    let note_line = top + 36;
    let (title, note) = (escape(part.title), escape(part.note));
    let _ = writeln!(
        body,
        "<text class=\"title\" x=\"{MARGIN}\" y=\"{title_line}\">{title}</text>\n<text class=\"note\" x=\"{MARGIN}\" y=\"{note_line}\">{note}</text>"
    );
    let places = places(&part.layout, top + HEADING, width);
    for line in &part.layout.lines {
        draw_line(body, line, &places);
    }
    for (row, places) in part.layout.rows.iter().zip(&places) {
        for (node, place) in row.iter().zip(places) {
            if let Node::Box(name) = node {
                let class = if part.dashed.contains(&name.as_str()) {
                    "tool"
                } else {
                    "box"
                };
                draw_box(body, name, class, *place);
            }
        }
    }
}

fn draw_box(body: &mut String, name: &str, class: &str, place: Place) {
    let Place { middle, width, top } = place;
    let left = middle - width / 2;
    let line = top + 20;
    let name = escape(name);
    let _ = writeln!(
        body,
        "<rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{BOX_HEIGHT}\" rx=\"5\"/><text x=\"{middle}\" y=\"{line}\">{name}</text>"
    );
}

/// Draws curves from the bottom of a box to the top of a lower one.
fn draw_line(body: &mut String, line: &Line, places: &[Vec<Place>]) {
    let points: Vec<Place> = line
        .points
        .iter()
        .map(|(row, column)| places[*row][*column])
        .collect();
    let mut curve = String::new();
    for pair in points.windows(2) {
        let [high, low] = pair else { continue };
        let start = high.top + BOX_HEIGHT;
        let half = (start + low.top) / 2;
        if curve.is_empty() {
            let _ = write!(curve, "M{} {start}", high.middle);
        } else {
            // A gap: straight on to its lower end.
            let _ = write!(curve, " V{start}");
        }
        let _ = write!(
            curve,
            " C{} {half} {} {half} {} {}",
            high.middle, low.middle, low.middle, low.top
        );
    }
    let (class, marker) = if line.is_upward {
        ("cycle", "")
    } else {
        ("arrow", " marker-end=\"url(#head)\"")
    };
    let _ = writeln!(body, "<path class=\"{class}\" d=\"{curve}\"{marker}/>");
}

/// Places the rows from the bottom up, each centered.
fn places(layout: &Layout, top: usize, width: usize) -> Vec<Vec<Place>> {
    let rows = layout.rows.iter().enumerate();
    rows.map(|(index, row)| {
        let top = top + (layout.rows.len() - 1 - index) * ROW;
        let mut left = (width - row_width(row)) / 2;
        let place = |node| {
            let place = Place {
                middle: left + node_width(node) / 2,
                width: node_width(node),
                top,
            };
            left += place.width + SPACE;
            place
        };
        row.iter().map(place).collect()
    })
    .collect()
}

fn part_width(layout: &Layout) -> usize {
    layout
        .rows
        .iter()
        .map(|row| row_width(row))
        .max()
        .unwrap_or(0)
}

fn row_width(row: &[Node]) -> usize {
    let widths = row.iter().map(|node| node_width(node) + SPACE);
    widths.sum::<usize>().saturating_sub(SPACE)
}

fn node_width(node: &Node) -> usize {
    match node {
        Node::Box(name) => name.chars().count() * LETTER + 28,
        Node::Gap { .. } => GAP,
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::cycle::arrows;
    use super::super::layout::layout;
    use super::*;

    #[test]
    fn texts_are_escaped_and_the_image_is_the_same_each_time() {
        let draw = || {
            image(&[Part {
                title: "a & b",
                note: "<none>",
                layout: layout(&arrows(&[("a<b>", &["c\"d"]), ("c\"d", &[])])),
                dashed: vec!["c\"d"],
            }])
        };
        let svg = draw();
        for text in [
            ">a &amp; b<",
            ">&lt;none&gt;<",
            ">a&lt;b&gt;<",
            ">c&quot;d<",
        ] {
            assert!(svg.contains(text), "{text}: {svg}");
        }
        assert_eq!(svg.matches("class=\"tool\"").count(), 1);
        assert_eq!(svg.matches("class=\"arrow\"").count(), 1);
        assert_eq!(svg, draw());
    }
}
