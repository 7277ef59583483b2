//! One line of a log file as an event: level, source, time, text.
//!
//! Pure: no file, no clock. Understands the usual shapes (RFC 5424 and classic syslog, ISO 8601
//! stamps as of dpkg, journald exports and most services, `LEVEL:` words); whatever it cannot tell is
//! said as unknown, and the line itself is always kept whole.

/// How much an event matters; decides its topic and so its durability.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Criticality {
    /// Errors and worse: acknowledged only when on stable storage.
    Critical,
    /// Information and warnings.
    Normal,
    /// Debug and trace.
    Debug,
}

impl Criticality {
    pub(crate) const ALL: [Self; 3] = [Self::Critical, Self::Normal, Self::Debug];

    /// The topic its events go to.
    pub(crate) const fn topic(self) -> &'static str {
        match self {
            Self::Critical => "events.critical",
            Self::Normal => "events.normal",
            Self::Debug => "events.debug",
        }
    }

    /// What its producer waits for, in words.
    pub(crate) const fn durability(self) -> &'static str {
        match self {
            Self::Critical => "acks=all + fsync",
            Self::Normal => "acks=1",
            Self::Debug => "acks=1, linger 50 ms",
        }
    }
}

/// A level word found in a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Level {
    Fatal,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Level {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }

    pub(crate) const fn criticality(self) -> Criticality {
        match self {
            Self::Fatal | Self::Error => Criticality::Critical,
            Self::Warn | Self::Info => Criticality::Normal,
            Self::Debug | Self::Trace => Criticality::Debug,
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        let is = |names: &[&str]| names.iter().any(|name| word.eq_ignore_ascii_case(name));
        if is(&["fatal", "emerg", "emergency", "panic", "crit", "critical", "alert"]) {
            Some(Self::Fatal)
        } else if is(&["error", "err", "errors", "failed", "failure", "severe", "exception"]) {
            Some(Self::Error)
        } else if is(&["warn", "warning"]) {
            Some(Self::Warn)
        } else if is(&["info", "notice", "information"]) {
            Some(Self::Info)
        } else if is(&["debug", "fine"]) {
            Some(Self::Debug)
        } else if is(&["trace", "finest", "verbose"]) {
            Some(Self::Trace)
        } else {
            None
        }
    }
}

/// What was read out of one line. Borrowed from the line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Event<'a> {
    pub(crate) level: Level,
    /// The program the line names, or the file it came from.
    pub(crate) source: &'a str,
    /// Milliseconds since 1970 (UTC), where the line carries a full date and time.
    pub(crate) time_ms: Option<i64>,
}

/// Words beyond this many are text, not level.
const LEVEL_WORDS_MAX: usize = 12;

impl<'a> Event<'a> {
    /// Reads a line; `file` is the source when the line names none.
    pub(crate) fn parse(line: &'a str, file: &'a str) -> Self {
        let (priority, rest) = syslog_priority(line);
        let (stamp_ms, after_stamp) = leading_stamp(rest);
        let level = priority
            .or_else(|| words(after_stamp).take(LEVEL_WORDS_MAX).find_map(Level::from_word))
            .unwrap_or(if line.trim().is_empty() { Level::Debug } else { Level::Info });
        Self { level, source: program(after_stamp).unwrap_or(file), time_ms: stamp_ms }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// `<34>` at the start: facility × 8 + severity (RFC 5424 §6.2.1).
fn syslog_priority(line: &str) -> (Option<Level>, &str) {
    let Some((number, rest)) = line.strip_prefix('<').and_then(|text| text.split_once('>')) else {
        return (None, line);
    };
    let Ok(priority) = number.parse::<u8>() else { return (None, line) };
    let level = match priority % 8 {
        0..=2 => Level::Fatal,
        3 => Level::Error,
        4 => Level::Warn,
        5 | 6 => Level::Info,
        _ => Level::Debug,
    };
    (Some(level), rest)
}

/// A date and time at the start of the line, and the text after it.
fn leading_stamp(text: &str) -> (Option<i64>, &str) {
    let trimmed = text.trim_start_matches(['[', ' ']);
    // `2025-06-24 14:36:25[.123][,123][Z|+02:00]` or with a `T`.
    let Some(civil) = trimmed.get(..19) else { return (None, text) };
    let form: String = civil.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    if form != "0000-00-00 00:00:00" && form != "0000-00-00T00:00:00" {
        return (None, text);
    }
    let mut rest = &trimmed[19..];
    let mut millis = 0;
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        millis = format!("{:0<3.3}", &fraction[..digits]).parse().unwrap_or(0);
        rest = &fraction[digits..];
    }
    let (offset_s, rest) = zone_offset(rest);
    let civil = civil.replace(' ', "T");
    let stamp = civil
        .parse::<jiff::civil::DateTime>()
        .ok()
        .and_then(|time| time.to_zoned(jiff::tz::TimeZone::UTC).ok())
        .map(|zoned| zoned.timestamp().as_millisecond() + millis - offset_s * 1000);
    (stamp, rest.trim_start_matches([']', ' ', ':']))
}

/// `Z`, `+02:00` or `+0200` right after the time; none means UTC here.
fn zone_offset(text: &str) -> (i64, &str) {
    if let Some(rest) = text.strip_prefix('Z') {
        return (0, rest);
    }
    let sign = match text.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return (0, text),
    };
    let digits: String = text[1..].chars().take(5).filter(|c| c.is_ascii_digit()).take(4).collect();
    if digits.len() != 4 {
        return (0, text);
    }
    let length = if text.get(3..4) == Some(":") { 6 } else { 5 };
    let number: i64 = digits.parse().unwrap_or(0);
    (sign * (number / 100 * 3600 + number % 100 * 60), text.get(length..).unwrap_or(""))
}

/// `host program[pid]: text` or `program: text`.
fn program(text: &str) -> Option<&str> {
    let head = text.split(": ").next().filter(|head| head.len() < text.len())?;
    let name = head.split_whitespace().last()?;
    let name = name.split('[').next().unwrap_or(name);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./@".contains(c);
    let fits = !name.is_empty() && name.len() <= 64 && name.chars().all(plain);
    (fits && Level::from_word(name).is_none()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_usual_shapes() {
        let check = |line: &str, level, source: &str, time_ms| {
            let event = Event::parse(line, "file.log");
            assert_eq!(
                (event.level, event.source, event.time_ms),
                (level, source, time_ms),
                "{line}"
            );
        };
        let noon = Some(1_750_766_400_000); // 2025-06-24T12:00:00Z
        check("2025-06-24 12:00:00 status installed libc", Level::Info, "file.log", noon);
        check(
            "2025-06-24T12:00:00.250Z ERROR disk gone",
            Level::Error,
            "file.log",
            noon.map(|t| t + 250),
        );
        check(
            "2025-06-24T14:00:00+02:00 web sshd[33]: Failed password",
            Level::Error,
            "sshd",
            noon,
        );
        check(
            "[2025-06-24 12:00:00,007] WARN [Log] slow",
            Level::Warn,
            "file.log",
            noon.map(|t| t + 7),
        );
        check("<11>Jun 24 12:00:00 web cron[9]: job missing", Level::Error, "cron", None);
        check("<15>verbose words", Level::Debug, "file.log", None);
        check("kernel: panic - not syncing", Level::Fatal, "kernel", None);
        check("DEBUG state=3", Level::Debug, "file.log", None);
        check("", Level::Debug, "file.log", None);
        check("plain text", Level::Info, "file.log", None);
    }

    #[test]
    fn odd_lines_never_panic() {
        for line in [
            "<",
            "<999>x",
            "2025-99-99 99:99:99",
            "2025-06-24T12:00:00+",
            "é: ü",
            "[[[[",
            "2025-06-24 12:00:00.",
            "2025-06-24 12:00:00+0é",
            "2025-06-24 12:00:00,é",
        ] {
            Event::parse(line, "f");
        }
    }
}
