//! As much of HTTP/1.1 as a client needs that costs next to nothing: one connection, known lengths, no time lost.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use anyhow::{Result, ensure};

/// An open connection.
pub(super) struct Connection {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
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
        let mut request = format!("{head}\r\nhost: local\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
        request.extend_from_slice(body);
        self.stream.write_all(&request)?;
        let (mut value, mut length) = (None, 0);
        while let Some((name, text)) = self.header()? {
            match name.as_str() {
                "content-length" => length = text.parse()?,
                name if name == wanted => value = Some(text),
                _ => {}
            }
        }
        self.reader.read_exact(&mut vec![0; length])?;
        Ok(value)
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
