//! P16 over its minutes: latencies, memory, open files, one below the other.

use std::path::Path;

use anyhow::anyhow;
use plotters::element::PathElement;
use plotters::prelude::{
    BLACK, ChartBuilder, Color as _, IntoDrawingArea as _, RGBColor, SVGBackend,
    SeriesLabelPosition, WHITE,
};

use super::super::Results;

const SIZE: (u32, u32) = (1000, 760);

/// What each part shows: its heading and the keys of its curves with their names.
const PARTS: [(&str, &[(&str, &str)]); 3] = [
    ("ms until the acknowledgement", &[("p999_ms", "p99.9"), ("p99_ms", "p99")]),
    ("RSS, MB", &[("rss_mb", "RSS")]),
    ("open files", &[("descriptors", "open files")]),
];

const COLOURS: [RGBColor; 2] = [RGBColor(210, 80, 30), RGBColor(0, 90, 160)];

/// A curve's name and its points.
type Curve = (&'static str, Vec<(f64, f64)>);

/// Writes the plot, if a soak had windows.
pub(super) fn write(path: &Path, results: &Results) -> anyhow::Result<bool> {
    let Some(line) = results.cases.first().and_then(|case| case.lines.first()) else {
        return Ok(false);
    };
    let minutes = line.figures.get("minutes").copied().unwrap_or(0.0);
    let parts: Vec<(&str, Vec<Curve>)> = PARTS
        .iter()
        .map(|(title, keys)| {
            let curves = keys.iter().map(|(key, name)| (*name, points(line, key, minutes)));
            (*title, curves.collect())
        })
        .collect();
    if parts.iter().flat_map(|(_, curves)| curves).all(|(_, points)| points.len() < 2) {
        return Ok(false);
    }
    draw(path, &parts, minutes).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    Ok(true)
}

/// Minute and value of a figure in every window.
fn points(line: &crate::measurement::Measurement, key: &str, minutes: f64) -> Vec<(f64, f64)> {
    let values: Vec<f64> =
        (1..).map_while(|at| line.figures.get(&format!("window_{at:02}_{key}")).copied()).collect();
    let each = minutes / values.len().max(1) as f64;
    values.iter().enumerate().map(|(at, value)| ((at + 1) as f64 * each, *value)).collect()
}

fn draw(
    path: &Path,
    parts: &[(&str, Vec<Curve>)],
    minutes: f64,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let area =
        area.titled("P16: half of the top rate, with retention deleting", ("sans-serif", 20))?;
    for (area, (title, curves)) in area.split_evenly((parts.len(), 1)).iter().zip(parts) {
        let most = curves
            .iter()
            .flat_map(|(_, points)| points)
            .map(|(_, value)| *value)
            .fold(f64::MIN_POSITIVE, f64::max);
        let mut axes = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(34)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..minutes, 0.0..most * 1.15)?;
        axes.configure_mesh()
            .x_desc("minutes")
            .y_desc(*title)
            .light_line_style(WHITE)
            .bold_line_style(BLACK.mix(0.08))
            .draw()?;
        for ((name, points), colour) in curves.iter().zip(COLOURS) {
            axes.draw_series([PathElement::new(points.clone(), colour.stroke_width(2))])?
                .label(*name)
                .legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2))
                });
        }
        axes.configure_series_labels()
            .position(SeriesLabelPosition::LowerRight)
            .background_style(WHITE.mix(0.8))
            .label_font(("sans-serif", 13))
            .draw()?;
    }
    area.present()?;
    Ok(())
}
