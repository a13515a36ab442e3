//! As much of HTTP/1.1 as a client needs that costs next to nothing: one connection, known lengths, no time lost.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use anyhow::{Result, ensure};

/// How much is passed on at a time.
const BLOCK: usize = 256 * 1024;

/// An open connection.
pub(super) struct Connection {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

/// An answer without its body.
#[derive(Debug)]
pub(super) struct Answer {
    /// The header that was wanted.
    pub(super) value: Option<String>,
    /// How many bytes its body has.
    pub(super) length: u64,
}

impl Connection {
    /// Connects to `host:port`.
    pub(super) fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { reader: BufReader::new(stream.try_clone()?), stream })
    }

    /// Sends a request, of which `head` is the first line and any headers, and reads the answer to its end. Returns the
    /// value of the answer's header `wanted`.
    pub(super) fn call(&mut self, head: &str, body: &[u8], wanted: &str) -> Result<Option<String>> {
        let mut request = complete(head, body.len() as u64);
        request.extend_from_slice(body);
        self.stream.write_all(&request)?;
        let answer = self.answer(wanted)?;
        self.reader.read_exact(&mut vec![0; usize::try_from(answer.length)?])?;
        Ok(answer.value)
    }

    /// Sends a request up to its body, which has so many bytes and is up to the caller.
    pub(super) fn begin(&mut self, head: &str, length: u64) -> Result<()> {
        Ok(self.stream.write_all(&complete(head, length))?)
    }

    /// Reads an answer up to its body.
    pub(super) fn answer(&mut self, wanted: &str) -> Result<Answer> {
        let mut answer = Answer { value: None, length: 0 };
        while let Some((name, text)) = self.header()? {
            match name.as_str() {
                "content-length" => answer.length = text.parse()?,
                name if name == wanted => answer.value = Some(text),
                _ => {}
            }
        }
        Ok(answer)
    }

    /// Passes so many bytes on, of an answer's body into a request's.
    pub(super) fn pass(&mut self, length: u64, to: &mut Self) -> Result<()> {
        let mut block = vec![0; BLOCK];
        let mut left = length;
        while left > 0 {
            let read = self.reader.read(&mut block[..BLOCK.min(usize::try_from(left)?)])?;
            ensure!(read > 0, "the server has closed the connection");
            to.stream.write_all(&block[..read])?;
            left -= read as u64;
        }
        Ok(())
    }

    /// The next header, its name in lower case; `None` after the last one. The status line passes for a header.
    fn header(&mut self) -> Result<Option<(String, String)>> {
        let mut line = String::new();
        ensure!(self.reader.read_line(&mut line)? > 0, "the server has closed the connection");
        let line = line.trim_end();
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        Ok((!line.is_empty()).then(|| (name.to_ascii_lowercase(), value.trim().to_owned())))
    }
}

/// A request up to its body.
fn complete(head: &str, length: u64) -> Vec<u8> {
    format!("{head}\r\nhost: local\r\ncontent-length: {length}\r\n\r\n").into_bytes()
}
