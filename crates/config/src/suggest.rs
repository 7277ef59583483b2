//! The nearest known name to a misspelt one.

/// The candidate nearest to `given` by edit distance (insert, delete, replace, swap), if it is near
/// enough to be meant: at most a third of the letters wrong. Ties go to the first.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given: Vec<char> = given.chars().take(LENGTH_MAX).collect();
    let limit = (given.len() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let letters: Vec<char> = candidate.chars().take(LENGTH_MAX).collect();
            let distance = distance(&given, &letters);
            (distance <= limit).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Names are short; longer input is compared by its head only, so that work stays bounded.
const LENGTH_MAX: usize = 128;

fn distance(left: &[char], right: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let replace = last[column] + usize::from(a != b);
            let mut best = replace.min(last[column + 1] + 1).min(current[column] + 1);
            let swapped = row > 0 && column > 0 && *a == right[column - 1] && left[row - 1] == *b;
            if swapped {
                best = best.min(before_last[column - 1] + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_find_the_meant_one() {
        let names = ["log.dirs", "log.dir", "listeners", "num.partitions"];
        assert_eq!(nearest("log.drs", names), Some("log.dirs"));
        assert_eq!(nearest("lsiteners", names), Some("listeners"));
        assert_eq!(nearest("num.partition", names), Some("num.partitions"));
        assert_eq!(nearest("completely.different", names), None);
        assert_eq!(nearest("", names), None);
    }
}
