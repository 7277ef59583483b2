//! Standard input and files as a stream of records' texts, read beside the task that sends them.

use std::io::BufRead;

use keld_env::Env;
use tokio::sync::mpsc;

use crate::failure::Failure;

/// Pieces read ahead; a reader that is faster than the broker waits.
const PIECES_AHEAD_MAX: usize = 1024;

/// Longest piece: more than any broker takes in one record by default, and a bound on memory.
const PIECE_BYTES_MAX: usize = 64 << 20;

/// Pieces of an input, split at a delimiter, without it.
#[derive(Debug)]
pub(crate) struct Pieces {
    receiver: mpsc::Receiver<std::io::Result<Vec<u8>>>,
}

impl Pieces {
    /// Starts reading; `delimiter` ends each piece.
    pub(crate) fn start(env: &Env, mut input: Box<dyn BufRead + Send>, delimiter: u8) -> Self {
        let (sender, receiver) = mpsc::channel(PIECES_AHEAD_MAX);
        let work = move || {
            loop {
                let mut piece = Vec::new();
                let read = read_piece(&mut *input, delimiter, &mut piece);
                let (piece, is_last) = match read {
                    Ok(0) => return,
                    Ok(_) => (Ok(piece), false),
                    Err(error) => (Err(error), true),
                };
                // The command may have ended meanwhile: then nobody reads any more.
                if sender.blocking_send(piece).is_err() || is_last {
                    return;
                }
            }
        };
        // The work runs on although nobody waits for its end.
        drop(env.spawn.blocking("read input", Box::new(work)));
        Self { receiver }
    }

    /// The next piece; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match self.receiver.recv().await {
            None => Ok(None),
            Some(Ok(piece)) => Ok(Some(piece)),
            Some(Err(error)) => Err(Failure::failed(format!("cannot read the input: {error}"))),
        }
    }
}

/// Reads up to the delimiter, which is left out; gives the bytes consumed, 0 at the end.
fn read_piece(
    input: &mut dyn BufRead,
    delimiter: u8,
    piece: &mut Vec<u8>,
) -> std::io::Result<usize> {
    let mut consumed = 0;
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            break;
        }
        let end = available.iter().position(|byte| *byte == delimiter);
        let taken = end.unwrap_or(available.len());
        piece.extend_from_slice(&available[..taken]);
        let used = taken + usize::from(end.is_some());
        input.consume(used);
        consumed += used;
        if piece.len() > PIECE_BYTES_MAX {
            return Err(std::io::Error::other(format!(
                "a record is longer than {PIECE_BYTES_MAX} bytes; is the delimiter right?"
            )));
        }
        if end.is_some() {
            break;
        }
    }
    if delimiter == b'\n' && piece.last() == Some(&b'\r') {
        piece.pop();
    }
    Ok(consumed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, delimiter: u8) -> Vec<String> {
        let mut input = std::io::Cursor::new(text.as_bytes().to_vec());
        let mut pieces = Vec::new();
        loop {
            let mut piece = Vec::new();
            if read_piece(&mut input, delimiter, &mut piece).expect("memory") == 0 {
                return pieces;
            }
            pieces.push(String::from_utf8(piece).expect("text"));
        }
    }

    #[test]
    fn input_is_split_at_the_delimiter() {
        assert_eq!(pieces("a\nb\r\n\nc", b'\n'), ["a", "b", "", "c"]);
        assert_eq!(pieces("a;b;", b';'), ["a", "b"]);
        assert_eq!(pieces("", b'\n'), [""; 0]);
    }
}
