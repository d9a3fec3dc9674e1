//! Plots of counts over time, as values for `plot.html`: stacked bars, and the same numbers for a table.
//!
//! Everything is a number that a template writes into an attribute of SVG; colours come from the style sheet by classes.

use jiff::Timestamp;
use serde::Serialize;

use super::language::Zone;
use crate::telemetry::{Bar, Counts};

/// Size of the drawing, in its own units.
const WIDTH: u32 = 560;
const HEIGHT: u32 = 188;

/// Space for the numbers at the left, for a line of text at the bottom, and for half a line at the top.
const LEFT: u32 = 44;
const BOTTOM: u32 = 28;
const TOP: u32 = 12;

/// Horizontal lines above the axis.
const LINES: u32 = 4;

/// A plot.
#[derive(Debug, Serialize)]
pub(super) struct Plot {
    width: u32,
    height: u32,
    left: u32,
    /// The vertical place of the axis.
    axis: u32,
    bars: Vec<Column>,
    lines: Vec<Line>,
    ticks: Vec<Tick>,
    /// All together.
    sum: Numbers,
}

/// One bar, whose parts stand on each other.
#[derive(Debug, Serialize)]
struct Column {
    /// When it begins, in seconds since 1970, and on the clock of the reader.
    began: i64,
    clock: String,
    numbers: Numbers,
    x: String,
    width: String,
    /// Those that are not empty.
    parts: Vec<Part>,
}

#[derive(Debug, Serialize, Clone, Copy)]
struct Numbers {
    provisioned: u32,
    refused: u32,
    failed: u32,
}

#[derive(Debug, Serialize)]
struct Part {
    class: &'static str,
    y: String,
    height: String,
}

/// A horizontal line with its number.
#[derive(Debug, Serialize)]
struct Line {
    y: String,
    number: u32,
}

/// A time below the axis.
#[derive(Debug, Serialize)]
struct Tick {
    x: String,
    clock: String,
}

impl Plot {
    /// A plot of these bars, with a time below every `each`th of them.
    pub(super) fn new(bars: &[Bar], each: usize, zone: &Zone) -> Self {
        let most = bars.iter().map(|bar| bar.counts.all()).max().unwrap_or_default();
        let top = round(most);
        let axis = HEIGHT - BOTTOM;
        let scale = f64::from(axis - TOP) / f64::from(top);
        let step = f64::from(WIDTH - LEFT) / f64::from(u32::try_from(bars.len().max(1)).unwrap_or(u32::MAX));
        let x = |place: usize| f64::from(LEFT) + step * f64::from(u32::try_from(place).unwrap_or(u32::MAX));
        let columns = bars.iter().enumerate().map(|(place, bar)| Column {
            began: bar.began.as_second(),
            clock: zone.clock(bar.began),
            numbers: bar.counts.into(),
            x: written(x(place)),
            // A gap between bars, so that each stands apart from its neighbours.
            width: written((step - 1.0).max(step * 0.8)),
            parts: parts(bar.counts, axis, scale),
        });
        let ticks = bars.iter().enumerate().filter(|(place, bar)| is_tick(*place, bar.began, each, bars));
        let lines = (0..=LINES).filter(|line| (top * line).is_multiple_of(LINES)).map(|line| {
            let number = top * line / LINES;
            Line { y: written(f64::from(axis) - f64::from(number) * scale), number }
        });
        Self {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            axis,
            bars: columns.collect(),
            lines: lines.collect(),
            ticks: ticks.map(|(place, bar)| Tick { x: written(x(place)), clock: zone.clock(bar.began) }).collect(),
            sum: bars.iter().map(|bar| bar.counts).sum::<Counts>().into(),
        }
    }
}

/// Whether a bar has its time below it: those that begin at a multiple of `each` bars on the clock of UTC.
fn is_tick(place: usize, began: Timestamp, each: usize, bars: &[Bar]) -> bool {
    let (Some(first), Some(second)) = (bars.first(), bars.get(1)) else { return place == 0 };
    let wide = second.began.as_second() - first.began.as_second();
    let each = i64::try_from(each).unwrap_or(1).max(1) * wide.max(1);
    began.as_second().rem_euclid(each) < wide
}

fn parts(counts: Counts, axis: u32, scale: f64) -> Vec<Part> {
    let mut below = 0;
    let stacked = [("ok", counts.provisioned), ("refused", counts.refused), ("failed", counts.failed)];
    let parts = stacked.into_iter().filter(|(_, count)| *count > 0).map(|(class, count)| {
        below += count;
        let y = f64::from(axis) - f64::from(below) * scale;
        Part { class, y: written(y), height: written(f64::from(count) * scale) }
    });
    parts.collect()
}

/// The number at the top of the scale: not below `most`, and easy to read.
fn round(most: u32) -> u32 {
    let mut power = 1;
    loop {
        for step in [4, 8, 12, 20, 40] {
            let top = step * power;
            if top >= most || power >= 100_000_000 {
                return top.max(most);
            }
        }
        power *= 10;
    }
}

/// A length with one digit behind the point.
fn written(length: f64) -> String {
    format!("{length:.1}")
}

impl From<Counts> for Numbers {
    fn from(Counts { provisioned, refused, failed }: Counts) -> Self {
        Self { provisioned, refused, failed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(minute: i64, provisioned: u32, refused: u32, failed: u32) -> Bar {
        let began = Timestamp::from_second(1_775_999_940 + minute * 60).unwrap();
        Bar { began, counts: Counts { provisioned, refused, failed } }
    }

    #[test]
    fn the_scale_ends_at_a_number_that_is_easy_to_read() {
        let tops = [0, 1, 4, 5, 9, 13, 21, 41, 81, 250, 100_000].map(round);
        assert_eq!(tops, [4, 4, 4, 8, 12, 20, 40, 80, 120, 400, 120_000]);
        assert!(round(u32::MAX) == u32::MAX);
    }

    #[test]
    fn bars_stand_on_the_axis_and_on_each_other() {
        let bars: Vec<Bar> =
            (0..60).map(|minute| bar(minute, u32::from(minute == 3) * 2, u32::from(minute == 3), 1)).collect();
        let plot = Plot::new(&bars, 15, &Zone::named(None));
        let [.., last] = &plot.bars[..] else { panic!() };
        assert_eq!((last.x.as_str(), last.parts.len()), ("551.4", 1));
        let high = &plot.bars[3];
        let parts: Vec<_> = high.parts.iter().map(|part| (part.class, part.y.as_str(), part.height.as_str())).collect();
        // Four is the top of the scale, and 148 high.
        assert_eq!(parts, [("ok", "86.0", "74.0"), ("refused", "49.0", "37.0"), ("failed", "12.0", "37.0")]);
        assert_eq!(plot.lines.len(), 5);
        assert_eq!((plot.lines[4].number, plot.lines[4].y.as_str()), (4, "12.0"));
        let clocks: Vec<_> = plot.ticks.iter().map(|tick| tick.clock.as_str()).collect();
        assert_eq!(clocks, ["13:30", "13:45", "14:00", "14:15"]);
        assert_eq!((plot.sum.provisioned, plot.sum.refused, plot.sum.failed), (2, 1, 60));
    }

    #[test]
    fn nothing_to_count_is_a_plot_too() {
        let plot = Plot::new(&[], 1, &Zone::named(None));
        assert!(plot.bars.is_empty() && plot.ticks.is_empty());
        let plot = Plot::new(&[bar(0, 0, 0, 0)], 1, &Zone::named(None));
        assert!(plot.bars[0].parts.is_empty());
    }
}
