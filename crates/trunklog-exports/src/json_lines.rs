//! A JSON object a line.

use trunklog_records::json::RowEncoder;
use trunklog_records::{Log, Rows};

use crate::{Encoder, Error};

pub(crate) struct NdjsonEncoder {
    encoder: RowEncoder,
}

impl NdjsonEncoder {
    pub(crate) fn new(log: &'static Log, layout: &[usize]) -> NdjsonEncoder {
        NdjsonEncoder { encoder: RowEncoder::of(log, layout) }
    }
}

impl Encoder for NdjsonEncoder {
    fn begin(&mut self, _: &mut Vec<u8>) -> Result<(), Error> {
        Ok(())
    }

    fn rows(&mut self, rows: &Rows, out: &mut Vec<u8>) -> Result<(), Error> {
        let bound = self.encoder.bind(rows);
        for row in 0..rows.len() {
            bound.write(row, out);
            out.push(b'\n');
        }
        Ok(())
    }

    fn finish(&mut self, _: &mut Vec<u8>) -> Result<(), Error> {
        Ok(())
    }
}
