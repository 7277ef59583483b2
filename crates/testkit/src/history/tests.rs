//! Histories made bad by hand: each fault is found, and nothing else is.

use super::*;

fn acknowledged(producer: &str, sequence: u64, offset: i64) -> Acknowledged {
    let (at_ms, offset) = (1000 + 10 * sequence, Some(offset));
    Acknowledged { sender: Sender::new(producer, 0), sequence, offset, at_ms }
}

fn received(offset: i64, value: &str) -> Received {
    Received { partition: 0, offset, value: value.to_owned() }
}

/// Two producers, four records each, taking turns; the last of `b` was not acknowledged.
fn good() -> History {
    let mut history = History::default();
    let mut records = Vec::new();
    for sequence in 0..4_u64 {
        for (place, producer) in (0..).zip(["a", "b"]) {
            let offset = 2 * i64::try_from(sequence).unwrap() + place;
            if (producer, sequence) != ("b", 3) {
                history.acknowledged.push(acknowledged(producer, sequence, offset));
            }
            records.push(received(offset, &format!("{producer} 0 {sequence} padding")));
            history.sent.insert(Sender::new(producer, 0), sequence + 1);
        }
    }
    for reader in ["live", "last"] {
        let records = records.clone();
        history.readings.push(Reading { reader: reader.to_owned(), records });
    }
    history
}

/// What is found when both readers were given what `change` makes of the good records.
fn found(change: impl Fn(&mut Vec<Received>)) -> Vec<Violation> {
    let mut history = good();
    history.readings.iter_mut().for_each(|reading| change(&mut reading.records));
    let violations = history.violations();
    // Each reader is blamed for itself.
    let (first, second) = violations.split_at(violations.len() / 2);
    assert_eq!(first.len(), second.len());
    first.to_vec()
}

fn live() -> String {
    "live".to_owned()
}

#[test]
fn a_good_history_has_no_fault() {
    assert_eq!(good().violations(), []);
}

#[test]
fn a_record_whose_fate_is_unknown_may_be_missing() {
    assert_eq!(found(|records| records.truncate(7)), []);
}

#[test]
fn a_lost_record_is_found() {
    let lost = Violation::Lost { reader: live(), record: acknowledged("b", 1, 3) };
    assert_eq!(found(|records| drop(records.remove(3))), [lost]);
}

#[test]
fn a_lost_tail_is_found_record_by_record() {
    let violations = found(|records| records.truncate(4));
    let lost = |producer: &str, sequence, offset| Violation::Lost {
        reader: live(),
        record: acknowledged(producer, sequence, offset),
    };
    assert_eq!(violations, [lost("a", 2, 4), lost("b", 2, 5), lost("a", 3, 6)]);
}

#[test]
fn a_record_acknowledged_without_its_offset_may_be_anywhere_but_must_be_there() {
    let mut history = good();
    history.acknowledged[3].offset = None;
    assert_eq!(history.violations(), []);
    history.readings.iter_mut().for_each(|reading| drop(reading.records.remove(3)));
    assert_eq!(history.violations().len(), 2);
}

#[test]
fn everything_lost_is_found() {
    assert_eq!(found(Vec::clear).len(), 7);
}

#[test]
fn a_duplicate_is_found() {
    let violations = found(|records| records.push(received(8, "a 0 3 padding")));
    let (reader, sender) = (live(), Sender::new("a", 0));
    let twice = Violation::Duplicated { reader, sender, sequence: 3, offsets: [6, 8] };
    assert_eq!(violations, [twice]);
}

#[test]
fn a_duplicate_of_a_record_without_acknowledgement_is_found() {
    let violations = found(|records| records.push(received(8, "b 0 3 padding")));
    let (reader, sender) = (live(), Sender::new("b", 0));
    assert_eq!(
        violations,
        [Violation::Duplicated { reader, sender, sequence: 3, offsets: [7, 8] }]
    );
}

#[test]
fn a_batch_read_twice_is_found() {
    let violations = found(|records| {
        let again = records[6..].to_vec();
        records.extend(again);
    });
    let is_twice = |violation: &&Violation| matches!(violation, Violation::Duplicated { .. });
    assert_eq!(violations.iter().filter(is_twice).count(), 2);
    let (reader, offsets) = (live(), [7, 6]);
    let back = Violation::NotAscending { reader, partition: 0, offsets };
    assert!(violations.contains(&back), "{violations:?}");
}

#[test]
fn reordered_records_are_found() {
    let violations = found(|records| {
        records[0].value = "a 0 1 padding".to_owned();
        records[2].value = "a 0 0 padding".to_owned();
    });
    let (reader, sender) = (live(), Sender::new("a", 0));
    let reordered = Violation::Reordered { reader, sender, sequences: [1, 0] };
    assert!(violations.contains(&reordered), "{violations:?}");
    let moved = |sequence, offset, found| Violation::Moved {
        reader: live(),
        record: acknowledged("a", sequence, offset),
        found,
    };
    assert!(violations.contains(&moved(0, 0, 2)) && violations.contains(&moved(1, 2, 0)));
    assert_eq!(violations.len(), 3);
}

#[test]
fn reordered_records_without_acknowledgement_are_found() {
    let mut history = good();
    history.acknowledged.clear();
    for reading in &mut history.readings {
        reading.records[5].value = "b 0 3 padding".to_owned();
        reading.records[7].value = "b 0 2 padding".to_owned();
    }
    let is_reordered = |one: &Violation| matches!(one, Violation::Reordered { .. });
    let violations = history.violations();
    assert_eq!(violations.len(), 2);
    assert!(violations.iter().all(is_reordered), "{violations:?}");
}

#[test]
fn records_of_two_producers_may_be_in_any_order() {
    let mut history = good();
    history.acknowledged.clear();
    for reading in &mut history.readings {
        let first = reading.records[0].value.clone();
        reading.records[0].value = reading.records[1].value.clone();
        reading.records[1].value = first;
    }
    assert_eq!(history.violations(), []);
}

#[test]
fn invented_records_are_found() {
    for value in ["", "a", "a 0", "a 0 x", "a 0 -1", "a 0 4 padding", "c 0 0", "a 1 0 padding"] {
        let record = received(8, value);
        let violations = found(|records| records.push(record.clone()));
        let invented = Violation::Invented { reader: live(), record: record.clone() };
        assert_eq!(violations, [invented], "{value:?}");
    }
}

#[test]
fn a_record_in_the_wrong_partition_is_invented() {
    let mut history = good();
    history.sent.insert(Sender::new("a", 1), 4);
    for reading in &mut history.readings {
        reading.records.push(Received { partition: 0, offset: 8, value: "a 1 0".to_owned() });
    }
    let violations = history.violations();
    let is_invented = |one: &Violation| matches!(one, Violation::Invented { .. });
    assert!(violations.len() == 2 && violations.iter().all(is_invented), "{violations:?}");
}

#[test]
fn a_record_in_the_place_of_another_is_found() {
    let violations = found(|records| records[3].value = "nobody sent this".to_owned());
    let invented = received(3, "nobody sent this");
    let invented = Violation::Invented { reader: live(), record: invented };
    let lost = Violation::Lost { reader: live(), record: acknowledged("b", 1, 3) };
    assert_eq!(violations, [invented, lost]);
}

#[test]
fn a_record_at_another_offset_is_found() {
    let violations = found(|records| records[6].offset = 7);
    let record = acknowledged("a", 3, 6);
    let moved = Violation::Moved { reader: live(), record, found: 7 };
    let (reader, offsets) = (live(), [7, 7]);
    let back = Violation::NotAscending { reader, partition: 0, offsets };
    assert_eq!(violations, [back, moved]);
}

#[test]
fn readers_that_disagree_are_found() {
    let disagreement = |offset| Violation::Disagreement {
        readers: [live(), "last".to_owned()],
        partition: 0,
        offset,
    };
    // A reader was given a record without acknowledgement that was cut away later.
    let mut history = good();
    history.readings[1].records.truncate(7);
    assert_eq!(history.violations(), [disagreement(7)]);
    // Another record came to stand there.
    let mut history = good();
    history.sent.insert(Sender::new("c", 0), 1);
    history.readings[1].records[7].value = "c 0 0".to_owned();
    assert_eq!(history.violations(), [disagreement(7)]);
    // One reader was left out.
    let mut history = good();
    history.readings[0].records.remove(0);
    let violations = history.violations();
    assert!(violations.contains(&disagreement(0)), "{violations:?}");
}

#[test]
fn an_offset_that_is_acknowledged_twice_is_found() {
    let mut history = good();
    history.acknowledged.push(acknowledged("b", 3, 6));
    let first = acknowledged("a", 3, 6);
    let second = acknowledged("b", 3, 6);
    let twice = Violation::AcknowledgedTwice { first, second };
    assert!(history.violations().contains(&twice));
}

#[test]
fn the_longest_silence_is_the_longest_time_between_two_acknowledgements() {
    let mut history = good();
    assert_eq!(history.longest_silence().unwrap().length_ms, 10);
    history.acknowledged[4].at_ms = 1500;
    history.acknowledged[6].at_ms = 1510;
    let sender = Sender::new("a", 0);
    let silence = Silence { sender, from_ms: 1010, length_ms: 490 };
    assert_eq!(history.longest_silence(), Some(silence));
    history.acknowledged.truncate(1);
    assert_eq!(history.longest_silence(), None);
}
