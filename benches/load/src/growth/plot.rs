//! Curves as pictures: SVG that is readable on a light and on a dark page.

use anyhow::Context as _;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::prelude::{
    ChartBuilder, Circle, Color as _, DrawingArea, IntoDrawingArea as _, IntoFont as _, LineSeries, PathElement,
    RGBColor, SVGBackend, TextStyle,
};

use super::thousands;

/// Width and height of a picture with three panels, in pixels.
const SIZE: (u32, u32) = (960, 300);
const FONT: &str = "sans-serif";
const TITLE: u32 = 15;
const LABEL: u32 = 13;
/// Colours by their use. The style in the picture gives them their values, which differ on a dark page.
const INK: RGBColor = RGBColor(31, 35, 40);
const GRID: RGBColor = RGBColor(209, 217, 224);
const CURVE: RGBColor = RGBColor(9, 105, 218);
/// The colours of a dark page, in the same order.
const DARK: [&str; 3] = ["#e6edf3", "#3d444d", "#58a6ff"];

/// One panel: a curve with the quartiles of each of its points.
#[derive(Debug, Clone)]
pub(super) struct Panel {
    /// What is on the vertical axis, with its unit.
    pub(super) title: &'static str,
    /// Position on the horizontal axis; lower quartile, median and upper quartile.
    pub(super) points: Vec<(f64, [f64; 3])>,
}

/// The horizontal axis, which all panels of a picture share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    /// What is on it, with its unit.
    pub(super) title: &'static str,
    /// Equal distances are equal factors.
    pub(super) is_logarithmic: bool,
}

impl Axis {
    /// From a value to its place.
    fn place(self, value: f64) -> f64 {
        if self.is_logarithmic { value.log10() } else { value }
    }

    /// And back.
    fn value(self, place: f64) -> f64 {
        if self.is_logarithmic { 10_f64.powf(place) } else { place }
    }

    /// From the first to the last place, with some room beside them.
    fn range(self, values: impl Iterator<Item = f64>) -> std::ops::Range<f64> {
        let (least, most) = values
            .map(|value| self.place(value))
            .fold((f64::MAX, f64::MIN), |(least, most), place| (least.min(place), most.max(place)));
        let room = (most - least) * 0.06;
        least - room..most + room
    }
}

/// A horizontal axis with a label at each point of the curve.
struct Places {
    range: std::ops::Range<f64>,
    labelled: Vec<f64>,
}

impl Ranged for Places {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let share = (value - self.range.start) / (self.range.end - self.range.start);
        from + (f64::from(to - from) * share).round() as i32
    }

    fn key_points<H: KeyPointHint>(&self, _: H) -> Vec<f64> {
        self.labelled.clone()
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.range.clone()
    }
}

/// The text of an SVG file with the panels side by side.
pub(super) fn svg(axis: Axis, panels: &[Panel]) -> anyhow::Result<String> {
    let mut text = String::new();
    let root = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
    for (area, panel) in root.split_evenly((1, panels.len().max(1))).iter().zip(panels) {
        draw(area, axis, panel).map_err(|why| anyhow::anyhow!("{why}")).context(panel.title)?;
    }
    root.present()?;
    drop(root);
    Ok(with_style(&text))
}

fn draw(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    axis: Axis,
    panel: &Panel,
) -> Result<(), Box<dyn std::error::Error>> {
    let text = |size: u32| TextStyle::from((FONT, size).into_font()).color(&INK);
    let places: Vec<f64> = panel.points.iter().map(|(value, _)| axis.place(*value)).collect();
    let most =
        panel.points.iter().map(|(_, quartiles)| quartiles.iter().copied().fold(0.0, f64::max)).fold(0.0, f64::max);
    let range = axis.range(panel.points.iter().map(|(value, _)| *value));
    let mut chart = ChartBuilder::on(area)
        .caption(panel.title, text(TITLE))
        .margin(8)
        .margin_right(16)
        .x_label_area_size(42)
        .y_label_area_size(46)
        .build_cartesian_2d(Places { range, labelled: places }, 0.0..ceiling(most))?;
    chart
        .configure_mesh()
        .x_desc(axis.title)
        .axis_desc_style(text(LABEL))
        .label_style(text(LABEL))
        .axis_style(INK)
        .bold_line_style(GRID)
        .light_line_style(plotters::style::TRANSPARENT)
        .y_labels(6)
        .x_label_formatter(&|place| thousands(axis.value(*place)))
        .y_label_formatter(&|value| thousands(*value))
        .draw()?;
    for (value, [lower, _, upper]) in &panel.points {
        let place = axis.place(*value);
        chart.draw_series([PathElement::new(vec![(place, *lower), (place, *upper)], CURVE.stroke_width(1))])?;
    }
    let curve = || panel.points.iter().map(|(value, [_, median, _])| (axis.place(*value), *median));
    chart.draw_series(LineSeries::new(curve(), CURVE.stroke_width(2)))?;
    chart.draw_series(curve().map(|point| Circle::new(point, 4, CURVE.filled())))?;
    Ok(())
}

/// The next larger round number: 1, 2, 2.5 or 5 times a power of ten.
fn ceiling(most: f64) -> f64 {
    if most <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(most.log10().floor());
    let steps = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0];
    steps.iter().map(|step| step * power).find(|round| *round >= most).unwrap_or(most)
}

/// A page's picture follows the reader's choice of light or dark, which a style in the picture itself can ask for.
fn with_style(svg: &str) -> String {
    let rules = [INK, GRID, CURVE].into_iter().zip(DARK).map(|(RGBColor(red, green, blue), dark)| {
        let light = format!("#{red:02X}{green:02X}{blue:02X}");
        format!("[stroke=\"{light}\"]{{stroke:{dark}}}[fill=\"{light}\"]{{fill:{dark}}}")
    });
    let style: String = rules.collect();
    let (head, rest) = svg.split_at(svg.find(">\n").map_or(0, |end| end + 2));
    format!("{head}<style>@media (prefers-color-scheme: dark) {{{style}}}</style>\n{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number_above_the_most() {
        let ends = [0.0, 0.9, 1.0, 1.1, 4.2, 260.0, 751.0].map(|most| thousands(ceiling(most)));
        assert_eq!(ends, ["1", "1", "1", "1.5", "5", "300", "1,000"]);
    }

    #[test]
    fn a_logarithmic_axis_puts_equal_factors_at_equal_distances() {
        let axis = Axis { title: "", is_logarithmic: true };
        let places = [10.0, 1_000.0, 100_000.0].map(|value| axis.place(value));
        assert!((places[1] - places[0] - (places[2] - places[1])).abs() < 1e-9);
        assert!((axis.value(places[2]) - 100_000.0).abs() < 1e-6);
        let range = axis.range([10.0, 100_000.0].into_iter());
        assert!(range.start < 1.0 && range.end > 5.0);
    }

    #[test]
    fn the_picture_names_its_axes_and_has_colours_for_a_dark_page() -> anyhow::Result<()> {
        let axis = Axis { title: "users in the server", is_logarithmic: true };
        let points = vec![(10.0, [1.0, 1.1, 1.2]), (1_000.0, [1.0, 1.1, 1.3]), (100_000.0, [1.0, 1.2, 1.2])];
        let svg = svg(axis, &[Panel { title: "CPU ms for one reply", points }])?;
        for text in ["users in the server", "CPU ms for one reply", "100,000", "prefers-color-scheme: dark", "</svg>"] {
            assert!(svg.contains(text), "{text}: {svg}");
        }
        // Each colour of the style is one that is drawn.
        for colour in ["#1F2328", "#D1D9E0", "#0969DA"] {
            assert!(svg.matches(&format!("\"{colour}\"")).count() > 2, "{colour}");
        }
        Ok(())
    }
}
