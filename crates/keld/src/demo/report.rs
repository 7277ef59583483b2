//! What the demo shows: steps, live progress, the table at the end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use comfy_table::{Cell, CellAlignment, Table};
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use keld_env::Env;
use tokio::task::JoinHandle;

use super::event::Criticality;
use super::input::Source;
use super::tally::Tally;

/// How often the progress is drawn.
const REFRESH: Duration = Duration::from_millis(100);

/// Times worth telling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report {
    pub(crate) took: Duration,
    pub(crate) ready: Duration,
    pub(crate) rebalanced: Duration,
    pub(crate) restarted: Duration,
}

/// Writes to the terminal, or plainly where there is none.
#[derive(Clone, Debug)]
pub(crate) struct Show {
    bar: ProgressBar,
}

/// The live progress; stops when finished or dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    tally: Arc<Tally>,
    task: JoinHandle<()>,
}

impl Show {
    pub(crate) fn new() -> Self {
        let style = "{bar:30} {pos}/{len} read  {msg}";
        let style =
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
        Self { bar: ProgressBar::new(0).with_style(style) }
    }

    /// A line above the progress.
    pub(crate) fn line(&self, text: &str) {
        self.bar.suspend(|| println!("{text}"));
    }

    /// What happens next.
    pub(crate) fn step(&self, text: &str) {
        self.line(&format!("\n== {text}"));
    }

    pub(crate) fn sources(&self, sources: &[Source]) {
        for source in sources.iter().take(8) {
            let (lines, bytes) = (source.lines().count() as u64, source.text.len() as u64);
            let cut = if source.cut { ", the rest is left out" } else { "" };
            self.line(&format!(
                "  {} ({} lines, {}{cut})",
                source.path.display(),
                HumanCount(lines),
                HumanBytes(bytes)
            ));
        }
        if sources.len() > 8 {
            self.line(&format!("  and {} more files", sources.len() - 8));
        }
    }

    /// Draws events/s, lag and bytes until it is finished.
    pub(crate) fn progress(&self, lines: usize, tally: Arc<Tally>, env: &Env) -> Progress {
        self.bar.set_length(lines as u64);
        let (bar, clock, counted) = (self.bar.clone(), Arc::clone(&env.clock), Arc::clone(&tally));
        let task = tokio::spawn(async move {
            let began = clock.monotonic();
            loop {
                draw(&bar, &counted, clock.monotonic() - began);
                clock.sleep_until(clock.monotonic() + REFRESH).await;
            }
        });
        Progress { bar: self.bar.clone(), tally, task }
    }

    /// Prints the table; whether in = out on every row.
    pub(crate) fn table(&self, tally: &Tally, report: &Report) -> bool {
        let mut table = Table::new();
        table.set_header([
            "topic",
            "durability",
            "events in",
            "out (group)",
            "out (after restart)",
            "bytes",
            "in = out",
        ]);
        let mut is_whole = true;
        for level in Criticality::ALL {
            let [written, group, again] = tally.of(level);
            let is_equal = written == group && written == again;
            is_whole &= is_equal;
            let number = |value: u64| {
                Cell::new(HumanCount(value).to_string()).set_alignment(CellAlignment::Right)
            };
            table.add_row([
                Cell::new(level.topic()),
                Cell::new(level.durability()),
                number(written.events),
                number(group.events),
                number(again.events),
                Cell::new(HumanBytes(written.bytes).to_string())
                    .set_alignment(CellAlignment::Right),
                Cell::new(if is_equal { "yes" } else { "NO" }),
            ]);
        }
        self.bar.finish_and_clear();
        println!("\n{table}");
        println!(
            "Start {} ms, take-over {:.1} s (session timeout 1 s), restart {} ms, all of it {:.1} s; {} events were delivered twice by the take-over.",
            report.ready.as_millis(),
            report.rebalanced.as_secs_f64(),
            report.restarted.as_millis(),
            report.took.as_secs_f64(),
            tally.redelivered.load(Ordering::SeqCst),
        );
        if !is_whole {
            println!(
                "Something was lost or changed. This is a bug: please report it with this output."
            );
        }
        is_whole
    }
}

impl Progress {
    /// Draws the last state and stops.
    pub(crate) fn finish(self) {
        self.bar.set_position(self.tally.read.load(Ordering::SeqCst));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn draw(bar: &ProgressBar, tally: &Tally, elapsed: Duration) {
    let (read, acknowledged) =
        (tally.read.load(Ordering::SeqCst), tally.acknowledged.load(Ordering::SeqCst));
    let rate = read as f64 / elapsed.as_secs_f64().max(0.001);
    bar.set_position(read);
    bar.set_message(format!(
        "{} events/s  lag {}  {}",
        HumanCount(rate as u64),
        HumanCount(acknowledged.saturating_sub(read)),
        HumanBytes(tally.bytes.load(Ordering::SeqCst))
    ));
}
