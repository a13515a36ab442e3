//! The least that a function can be: it answers every event with `{}` and does nothing else. What a call of it takes is
//! what the benchmarks themselves take, and is part of every other figure.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
};

use anyhow::{Context, Result};

/// Answers events until the sandbox ends.
///
/// # Errors
/// The Runtime API isn't there, or has gone.
pub fn run() -> Result<()> {
    let api = env::var("AWS_LAMBDA_RUNTIME_API").context("this is a function: it needs a Runtime API")?;
    let mut stream = TcpStream::connect(&api)?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        write!(stream, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: {api}\r\n\r\n")?;
        let id = read_answer(&mut reader)?.context("an event without an id")?;
        let path = format!("/2018-06-01/runtime/invocation/{id}/response");
        stream.write_all(format!("POST {path} HTTP/1.1\r\nhost: {api}\r\ncontent-length: 2\r\n\r\n{{}}").as_bytes())?;
        read_answer(&mut reader)?;
    }
}

/// Reads an answer to its end and returns the id of the event in it.
fn read_answer(reader: &mut impl BufRead) -> Result<Option<String>> {
    let (mut id, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            if line.trim_end().is_empty() { break } else { continue }
        };
        match name.to_ascii_lowercase().as_str() {
            "lambda-runtime-aws-request-id" => id = Some(value.trim().to_owned()),
            "content-length" => length = value.trim().parse()?,
            _ => {}
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    Ok(id)
}
