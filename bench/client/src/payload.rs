//! Values to send, made beforehand so that making them costs nothing while it is measured.

use std::fmt::Write as _;

/// How many different values there are.
pub const COUNT: usize = 4096;

/// Marsaglia's xorshift, the same sequence on every machine.
pub struct Random(u64);

impl Random {
    pub fn new() -> Self {
        Self(88_172_645_463_325_252)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 33) % bound
    }

    fn choose<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.below(words.len() as u64)).unwrap_or(0);
        words[at]
    }
}

/// Values of `size` bytes: random letters, or events in JSON that compress 3 to 5 times.
pub fn values(size: usize, json: bool) -> Vec<Vec<u8>> {
    let mut random = Random::new();
    (0..COUNT)
        .map(|_| if json { event(&mut random, size) } else { letters(&mut random, size) })
        .collect()
}

fn letters(random: &mut Random, size: usize) -> Vec<u8> {
    (0..size).map(|_| b'A' + u8::try_from(random.below(58)).unwrap_or(0)).collect()
}

fn event(random: &mut Random, size: usize) -> Vec<u8> {
    const KINDS: [&str; 6] =
        ["page_view", "add_to_cart", "checkout", "login", "search", "impression"];
    const COUNTRIES: [&str; 7] = ["DE", "FR", "US", "JP", "BR", "IN", "GB"];
    const AGENTS: [&str; 3] = [
        "Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Safari/604.1",
        "okhttp/4.12.0",
    ];
    let mut text = format!(
        "{{\"id\":\"{:016x}{:016x}\",\"ts\":{},\"tenant\":{},\"events\":[",
        random.next(),
        random.next(),
        1_760_000_000_000 + random.below(100_000_000),
        random.below(500)
    );
    while text.len() + 40 < size {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{{\"type\":\"{}\",\"user_id\":{},\"session\":\"{:012x}\",\"country\":\"{}\",\"agent\":\"{}\",\
             \"price\":{}.{:02},\"qty\":{},\"ok\":{}}},",
            random.choose(&KINDS),
            random.below(1_000_000),
            random.next() & 0xffff_ffff_ffff,
            random.choose(&COUNTRIES),
            random.choose(&AGENTS),
            random.below(900),
            random.below(100),
            random.below(9),
            random.below(5) > 0
        );
    }
    text.truncate(size.saturating_sub(2));
    text.push_str("]}");
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn values_have_their_size_and_differ() {
        for json in [false, true] {
            let values = values(1024, json);
            assert!(values.iter().all(|value| (980..=1024).contains(&value.len())));
            assert_ne!(values[0], values[1]);
        }
        assert!(values(100, false).iter().all(|value| value.len() == 100));
    }
}
