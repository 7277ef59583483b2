//! P11 over its seconds: acknowledgements around each event, one below the other.

use std::path::Path;

use anyhow::anyhow;
use plotters::element::PathElement;
use plotters::prelude::{
    BLACK, ChartBuilder, Color as _, IntoDrawingArea as _, RGBColor, SVGBackend,
    SeriesLabelPosition, WHITE,
};

use super::super::Results;
use crate::timeline::{BEFORE, points};

const WIDTH: u32 = 1000;
const HEIGHT: u32 = 200;

/// Above this, what had waited comes at once; it would flatten all the rest.
const MOST: f64 = 3000.0;

/// A curve's name, its colour and its points.
type Curve = (&'static str, RGBColor, Vec<(f64, f64)>);

/// Writes the plot of the first round of each case, if any has windows.
pub(super) fn write(path: &Path, results: &Results) -> anyhow::Result<bool> {
    let parts: Vec<(&str, Vec<Curve>)> = results
        .cases
        .iter()
        .map(|case| {
            let line = |subject| case.lines.iter().find(|line| line.subject == subject);
            let curves = case.subjects().into_iter().filter_map(|subject| {
                let points = points(&line(subject)?.figures);
                (points.len() > 1).then(|| (subject.name(), super::colour(subject), points))
            });
            (&*case.case.name, curves.collect())
        })
        .filter(|(_, curves): &(&str, Vec<Curve>)| !curves.is_empty())
        .collect();
    if parts.is_empty() {
        return Ok(false);
    }
    draw(path, &parts).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    Ok(true)
}

fn draw(
    path: &Path,
    parts: &[(&str, Vec<Curve>)],
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let height = HEIGHT * u32::try_from(parts.len())? + 40;
    let area = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    area.fill(&WHITE)?;
    let area = area.titled("P11: acknowledgements in 100 ms", ("sans-serif", 20))?;
    for (area, (title, curves)) in area.split_evenly((parts.len(), 1)).iter().zip(parts) {
        let last = curves.iter().flat_map(|(_, _, points)| points).map(|(at, _)| *at);
        let mut axes = ChartBuilder::on(area)
            .caption(*title, ("sans-serif", 15))
            .margin(8)
            .x_label_area_size(34)
            .y_label_area_size(64)
            .build_cartesian_2d(-BEFORE.as_secs_f64()..last.fold(0.0, f64::max), 0.0..MOST)?;
        axes.configure_mesh()
            .x_desc("seconds from the event")
            .light_line_style(WHITE)
            .bold_line_style(BLACK.mix(0.08))
            .draw()?;
        axes.draw_series([PathElement::new([(0.0, 0.0), (0.0, MOST)], BLACK.stroke_width(1))])?;
        for (name, colour, points) in curves {
            let colour = *colour;
            let shown: Vec<(f64, f64)> =
                points.iter().map(|(at, count)| (*at, count.min(MOST))).collect();
            axes.draw_series([PathElement::new(shown, colour.stroke_width(2))])?
                .label(*name)
                .legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2))
                });
        }
        axes.configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE.mix(0.8))
            .label_font(("sans-serif", 13))
            .draw()?;
    }
    area.present()?;
    Ok(())
}
