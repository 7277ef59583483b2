//! What producers were told and what readers were given, and whether the two go together.
//!
//! Producers number their records by partition, so a record says where it must be. A history is
//! good when every reader got each acknowledged record once, at the offset that was acknowledged,
//! in the order in which its producer sent it, and nothing that nobody sent; and when no two
//! readers were given different records at one offset. A record whose fate its producer was not
//! told may be there once, or not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A record by where it belongs: its producer, partition and number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sender {
    /// The producer's name, without spaces.
    pub producer: String,
    /// The partition it was sent to.
    pub partition: i32,
}

impl Sender {
    /// A producer's row in a partition.
    pub fn new(producer: &str, partition: i32) -> Self {
        Self { producer: producer.to_owned(), partition }
    }
}

/// A record that its producer was told is safe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acknowledged {
    /// Who sent it and where to.
    pub sender: Sender,
    /// Its number among the sender's records in that partition, from 0.
    pub sequence: u64,
    /// The offset it was given; `None` where the client was told only that it is there already.
    pub offset: Option<i64>,
    /// When the producer heard of it, in milliseconds.
    pub at_ms: u64,
}

/// A record as a reader was given it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Received {
    /// Its partition.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
    /// Its value: `producer partition sequence`, and what else follows after a space.
    pub value: String,
}

/// Everything one reader was given, in its order, from the start of each partition to the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// The reader's name.
    pub reader: String,
    /// Its records.
    pub records: Vec<Received>,
}

/// What happened in a test.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct History {
    /// How many records each sender sent; their numbers are below that.
    pub sent: BTreeMap<Sender, u64>,
    /// What producers were told is safe.
    pub acknowledged: Vec<Acknowledged>,
    /// What readers were given.
    pub readings: Vec<Reading>,
}

/// Something that must not be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Violation {
    /// An acknowledged record that a reader never got.
    Lost {
        /// Who did not get it.
        reader: String,
        /// The record.
        record: Acknowledged,
    },
    /// An acknowledged record that a reader got, but at another offset.
    Moved {
        /// Who found it elsewhere.
        reader: String,
        /// The record.
        record: Acknowledged,
        /// Where it was.
        found: i64,
    },
    /// A record that a reader got at two offsets.
    Duplicated {
        /// Who got it twice.
        reader: String,
        /// Whose it is.
        sender: Sender,
        /// Its number.
        sequence: u64,
        /// Where it was.
        offsets: [i64; 2],
    },
    /// A record after a later one of its sender.
    Reordered {
        /// Who got them so.
        reader: String,
        /// Whose they are.
        sender: Sender,
        /// The later record's number, then that of the earlier one, in the order they came in.
        sequences: [u64; 2],
    },
    /// A record that nobody sent.
    Invented {
        /// Who got it.
        reader: String,
        /// The record.
        record: Received,
    },
    /// A record whose offset is not above that of the one before.
    NotAscending {
        /// Who got them so.
        reader: String,
        /// The partition.
        partition: i32,
        /// The offsets in the order they came in.
        offsets: [i64; 2],
    },
    /// Two readers that were given different things at one offset.
    Disagreement {
        /// The two.
        readers: [String; 2],
        /// The partition.
        partition: i32,
        /// The offset.
        offset: i64,
    },
    /// Records of two senders, or two of one, that were acknowledged at one offset.
    AcknowledgedTwice {
        /// The first.
        first: Acknowledged,
        /// The other.
        second: Acknowledged,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// The longest time in which a sender was told of no record, between two of which it was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Silence {
    /// Who.
    pub sender: Sender,
    /// From when on.
    pub from_ms: u64,
    /// How long.
    pub length_ms: u64,
}

/// Where each record came in first.
type Found = BTreeMap<(Sender, u64), i64>;

impl History {
    /// Everything that is wrong, in no certain order; empty for a good history.
    pub fn violations(&self) -> Vec<Violation> {
        let mut violations = self.acknowledged_twice();
        for reading in &self.readings {
            let found = self.examine(reading, &mut violations);
            for record in &self.acknowledged {
                let reader = reading.reader.clone();
                let record = record.clone();
                match found.get(&(record.sender.clone(), record.sequence)) {
                    None => violations.push(Violation::Lost { reader, record }),
                    Some(found) if record.offset.is_some_and(|offset| offset != *found) => {
                        violations.push(Violation::Moved { reader, record, found: *found });
                    }
                    Some(_) => {}
                }
            }
        }
        if let Some((first, others)) = self.readings.split_first() {
            others.iter().for_each(|other| compare(first, other, &mut violations));
        }
        violations
    }

    /// The longest silence of each sender that was told of two records at least.
    pub fn silences(&self) -> Vec<Silence> {
        let mut times: BTreeMap<&Sender, Vec<u64>> = BTreeMap::new();
        for record in &self.acknowledged {
            times.entry(&record.sender).or_default().push(record.at_ms);
        }
        let longest = |(sender, mut times): (&Sender, Vec<u64>)| {
            times.sort_unstable();
            let pairs = times.iter().zip(times.iter().skip(1));
            let (length_ms, from_ms) = pairs.map(|(from, to)| (to - from, *from)).max()?;
            Some(Silence { sender: sender.clone(), from_ms, length_ms })
        };
        times.into_iter().filter_map(longest).collect()
    }

    /// The longest silence of all.
    pub fn longest_silence(&self) -> Option<Silence> {
        self.silences().into_iter().max_by_key(|silence| silence.length_ms)
    }

    fn acknowledged_twice(&self) -> Vec<Violation> {
        let mut places: BTreeMap<(i32, i64), &Acknowledged> = BTreeMap::new();
        let mut violations = Vec::new();
        for second in &self.acknowledged {
            let Some(offset) = second.offset else { continue };
            let place = (second.sender.partition, offset);
            if let Some(first) = places.insert(place, second) {
                let (first, second) = (first.clone(), second.clone());
                violations.push(Violation::AcknowledgedTwice { first, second });
            }
        }
        violations
    }

    /// Goes over what one reader was given; returns where each record that was sent is.
    fn examine(&self, reading: &Reading, violations: &mut Vec<Violation>) -> Found {
        let reader = || reading.reader.clone();
        let mut found = Found::new();
        let mut last_offset: BTreeMap<i32, i64> = BTreeMap::new();
        let mut last_sequence: BTreeMap<Sender, u64> = BTreeMap::new();
        for record in &reading.records {
            let Received { partition, offset, .. } = *record;
            if let Some(before) = last_offset.insert(partition, offset)
                && before >= offset
            {
                let offsets = [before, offset];
                violations.push(Violation::NotAscending { reader: reader(), partition, offsets });
            }
            let Some((sender, sequence)) = self.origin(record) else {
                violations.push(Violation::Invented { reader: reader(), record: record.clone() });
                continue;
            };
            if let Some(first) = found.get(&(sender.clone(), sequence)) {
                let (reader, offsets) = (reader(), [*first, offset]);
                violations.push(Violation::Duplicated { reader, sender, sequence, offsets });
                continue;
            }
            found.insert((sender.clone(), sequence), offset);
            let last = last_sequence.entry(sender.clone()).or_insert(sequence);
            if *last > sequence {
                let sequences = [*last, sequence];
                violations.push(Violation::Reordered { reader: reader(), sender, sequences });
            }
            *last = sequence.max(*last);
        }
        found
    }

    /// Who sent a record, if anybody did.
    fn origin(&self, record: &Received) -> Option<(Sender, u64)> {
        let mut words = record.value.split(' ');
        let producer = words.next()?;
        let partition: i32 = words.next()?.parse().ok()?;
        let sequence: u64 = words.next()?.parse().ok()?;
        let sender = Sender::new(producer, partition);
        let is_sent = self.sent.get(&sender).is_some_and(|count| sequence < *count);
        (is_sent && partition == record.partition).then_some((sender, sequence))
    }
}

/// What two readers were given must be the same.
fn compare(first: &Reading, second: &Reading, violations: &mut Vec<Violation>) {
    let [one, two] = [first, second].map(|reading| {
        let place = |record: &Received| ((record.partition, record.offset), record.value.clone());
        reading.records.iter().map(place).collect::<BTreeMap<(i32, i64), String>>()
    });
    let places: BTreeSet<&(i32, i64)> = one.keys().chain(two.keys()).collect();
    for (partition, offset) in places {
        if one.get(&(*partition, *offset)) != two.get(&(*partition, *offset)) {
            violations.push(Violation::Disagreement {
                readers: [first.reader.clone(), second.reader.clone()],
                partition: *partition,
                offset: *offset,
            });
        }
    }
}

#[cfg(test)]
mod tests;
