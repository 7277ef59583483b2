//! All ratios on one logarithmic axis, 1 = Kafka.

use std::path::Path;

use anyhow::anyhow;
use plotters::coord::combinators::BindKeyPoints as _;
use plotters::element::{Circle, PathElement};
use plotters::prelude::{
    BLACK, ChartBuilder, Color as _, IntoDrawingArea as _, IntoLogRange as _, RGBColor, SVGBackend,
    WHITE,
};

use super::super::Results;
use super::super::figures::CaseResult;
use crate::metric::{Better, metric};
use crate::stats::Ratio;

/// Height of a row, of what is above and below them, and the width of all.
const ROW: u32 = 22;
const FRAME: u32 = 110;
const WIDTH: u32 = 1000;

const SPEED: RGBColor = RGBColor(0, 120, 110);
const COST: RGBColor = RGBColor(180, 90, 20);

/// A row: how many times better, for the figure asked for and for processor time.
struct Row {
    name: String,
    speed: Option<Better3>,
    cost: Option<Better3>,
}

/// How many times better: low, median, high, all above 0.
type Better3 = (f64, f64, f64);

/// Writes the plot, if there is a ratio.
pub(super) fn write(path: &Path, all: &[Results]) -> anyhow::Result<bool> {
    let rows: Vec<Row> =
        all.iter().flat_map(|one| one.cases.iter().filter_map(|case| row(one, case))).collect();
    if rows.is_empty() {
        return Ok(false);
    }
    draw(path, &rows).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    Ok(true)
}

fn row(results: &Results, case: &CaseResult) -> Option<Row> {
    let pair = case.first()?;
    let better = |key: &str| turned(metric(key)?.better, case.ratio(pair, key)?);
    let is_cost = |key: &str| key.starts_with("cpu_");
    let keys = || {
        let goals = case.case.goals.iter().map(|goal| goal.metric);
        let limits = case.case.limits.iter().map(|limit| limit.metric);
        goals.chain(limits).chain(case.case.metrics.iter().copied())
    };
    let speed = keys().find(|key| !is_cost(key)).and_then(better);
    let cost = keys().find(|key| is_cost(key)).and_then(better);
    if speed.is_none() && cost.is_none() {
        return None;
    }
    let name = format!("{} {}", results.scenario.id.to_uppercase(), case.case.name);
    Some(Row { name, speed, cost })
}

/// A ratio turned so that above 1 is better.
fn turned(better: Better, ratio: Ratio) -> Option<Better3> {
    let all = [ratio.low, ratio.median, ratio.high];
    if all.iter().any(|value| !value.is_finite() || *value <= 0.0) {
        return None;
    }
    Some(match better {
        Better::Higher => (ratio.low, ratio.median, ratio.high),
        Better::Lower => (1.0 / ratio.high, 1.0 / ratio.median, 1.0 / ratio.low),
    })
}

fn draw(path: &Path, rows: &[Row]) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let ends = rows
        .iter()
        .flat_map(|row| [row.speed, row.cost])
        .flatten()
        .flat_map(|(low, _, high)| [low, high])
        .chain([1.0]);
    let (left, right) = super::range(ends);
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX / ROW - FRAME);
    let area = SVGBackend::new(path, (WIDTH, FRAME + ROW * count)).into_drawing_area();
    area.fill(&WHITE)?;
    // Rows count from the top, a hundred steps each.
    let top = i32::try_from(rows.len() + 1)? * 100;
    let at = |row: usize| top - i32::try_from(row + 1).unwrap_or(0) * 100;
    let mut axes = ChartBuilder::on(&area)
        .caption("Keld beside Kafka: how many times better (1 = Kafka)", ("sans-serif", 20))
        .margin(10)
        .x_label_area_size(44)
        .y_label_area_size(400)
        .build_cartesian_2d(
            (left..right).log_scale().with_key_points(super::ticks(left, right)),
            (0..top).with_key_points((0..rows.len()).map(at).collect::<Vec<i32>>()),
        )?;
    let name = |value: &i32| {
        rows.iter()
            .enumerate()
            .find(|(row, _)| at(*row) == *value)
            .map_or(String::new(), |(_, row)| row.name.clone())
    };
    axes.configure_mesh()
        .x_desc("times better: ● throughput, time, latency or memory   ○ broker CPU")
        .x_label_formatter(&|value| format!("{value}×"))
        .y_label_formatter(&name)
        .label_style(("sans-serif", 13))
        .light_line_style(WHITE)
        .bold_line_style(BLACK.mix(0.08))
        .draw()?;
    let whole = [(1.0, 0), (1.0, top)];
    axes.draw_series([PathElement::new(whole, BLACK.stroke_width(1))])?;
    for (index, row) in rows.iter().enumerate() {
        if let Some((low, middle, high)) = row.speed {
            let y = at(index) + 14;
            axes.draw_series([PathElement::new([(low, y), (high, y)], SPEED.stroke_width(2))])?;
            axes.draw_series([Circle::new((middle, y), 4, SPEED.filled())])?;
        }
        if let Some((low, middle, high)) = row.cost {
            let y = at(index) - 14;
            axes.draw_series([PathElement::new([(low, y), (high, y)], COST.stroke_width(2))])?;
            axes.draw_series([Circle::new((middle, y), 4, WHITE.filled())])?;
            axes.draw_series([Circle::new((middle, y), 4, COST.stroke_width(2))])?;
        }
    }
    area.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_of_one_is_better_whatever_the_figure() {
        let ratio = Ratio { median: 0.5, low: 0.25, high: 0.8, pairs: 5 };
        assert_eq!(turned(Better::Lower, ratio), Some((1.25, 2.0, 4.0)));
        assert_eq!(turned(Better::Higher, ratio), Some((0.25, 0.5, 0.8)));
        assert_eq!(turned(Better::Lower, Ratio { low: 0.0, ..ratio }), None);
    }
}
