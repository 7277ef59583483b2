//! Curves over two logarithmic axes.

use std::path::Path;

use anyhow::anyhow;
use plotters::coord::combinators::BindKeyPoints as _;
use plotters::element::{Circle, Cross, PathElement, TriangleMarker};
use plotters::prelude::{
    ChartBuilder, Color as _, IntoDrawingArea as _, IntoLogRange as _, RGBColor, SVGBackend,
    SeriesLabelPosition, WHITE,
};

use super::super::figures::factor;

/// Words on a chart.
pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) across: &'static str,
    pub(super) up: &'static str,
}

/// A curve; `shape` tells curves of one colour apart.
#[derive(Debug)]
pub(super) struct Curve {
    pub(super) name: String,
    pub(super) colour: RGBColor,
    pub(super) shape: usize,
    pub(super) points: Vec<(f64, f64)>,
}

const SIZE: (u32, u32) = (1000, 620);

/// Writes the chart; nothing when no curve has two points.
pub(super) fn write(path: &Path, chart: &Chart, curves: &[Curve]) -> anyhow::Result<bool> {
    let all = || curves.iter().flat_map(|curve| &curve.points).filter(|(_, y)| *y > 0.0);
    if !curves.iter().any(|curve| curve.points.len() > 1) {
        return Ok(false);
    }
    let across = super::range(all().map(|(x, _)| *x));
    let up = super::range(all().map(|(_, y)| *y));
    draw(path, chart, curves, (across, up))
        .map_err(|error| anyhow!("{}: {error}", path.display()))?;
    Ok(true)
}

fn draw(
    path: &Path,
    chart: &Chart,
    curves: &[Curve],
    ((left, right), (low, high)): ((f64, f64), (f64, f64)),
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut axes = ChartBuilder::on(&area)
        .caption(chart.title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(
            (left..right).log_scale().with_key_points(super::ticks(left, right)),
            (low..high).log_scale().with_key_points(super::ticks(low, high)),
        )?;
    axes.configure_mesh()
        .x_desc(chart.across)
        .y_desc(chart.up)
        .x_label_formatter(&|value| tick(*value))
        .y_label_formatter(&|value| tick(*value))
        .light_line_style(WHITE)
        .draw()?;
    for curve in curves {
        let points: Vec<(f64, f64)> =
            curve.points.iter().copied().filter(|(_, y)| *y > 0.0).collect();
        let colour = curve.colour;
        axes.draw_series([PathElement::new(points.clone(), colour.stroke_width(2))])?;
        let shape = curve.shape;
        let each = points.iter().copied();
        match shape % 3 {
            0 => {
                axes.draw_series(each.map(|at| Circle::new(at, 4, colour.filled())))?;
            }
            1 => {
                axes.draw_series(each.map(|at| TriangleMarker::new(at, 6, colour.filled())))?;
            }
            _ => {
                axes.draw_series(each.map(|at| Cross::new(at, 5, colour.stroke_width(2))))?;
            }
        }
        let marks = ["●", "▲", "×"];
        let name = format!("{} {}", marks[shape % 3], curve.name);
        axes.draw_series(std::iter::empty::<Circle<(f64, f64), i32>>())?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    axes.configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .label_font(("sans-serif", 13))
        .draw()?;
    area.present()?;
    Ok(())
}

/// A number on an axis.
fn tick(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{} M", factor_of(value / 1e6)),
        value if value >= 1e3 => format!("{} k", factor_of(value / 1e3)),
        value => factor_of(value),
    }
}

/// Without zeros behind the point.
fn factor_of(value: f64) -> String {
    let text = factor(value);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}
