//! How a record is packed into a value: one byte that names the dictionary, then a zstd frame.
//!
//! Byte 0: the record as it is, where compression gains nothing (pointers from sheet ids). Other
//! numbers are dictionaries, which are compiled in because losing one loses its records: numbers are
//! never used twice, and a dictionary stays as long as any store may hold values packed with it.
//! They are trained on synthetic records only (`tests/records.rs` holds the recipe), so they cannot
//! retain anything about a person.

use std::cell::RefCell;
use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use super::{MAX_RECORD, RecordsFault};

const PLAIN: u8 = 0;
/// The dictionary new values are packed with.
const CURRENT: u8 = 1;
/// A tenth more bytes than level 3 for half the time to unpack: half of a record is digests, which no level packs.
const LEVEL: i32 = -1;

struct Dictionary {
    number: u8,
    bytes: &'static [u8],
    sha256: &'static str,
}

static DICTIONARIES: &[Dictionary] = &[Dictionary {
    number: 1,
    bytes: include_bytes!("dictionary/1.zdict"),
    sha256: include_str!("dictionary/1.sha256"),
}];

struct Prepared {
    encoder: EncoderDictionary<'static>,
    decoders: Vec<(u8, DecoderDictionary<'static>)>,
}

static PREPARED: LazyLock<Option<Prepared>> = LazyLock::new(prepare);

thread_local! {
    // Contexts are reused: making one costs more than a record.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKERS: RefCell<Vec<(u8, Decompressor<'static>)>> = const { RefCell::new(Vec::new()) };
}

/// None when a dictionary is not the one its checksum names: a build from a damaged repository.
fn prepare() -> Option<Prepared> {
    let genuine = |d: &Dictionary| HEXLOWER.encode(&Sha256::digest(d.bytes)) == d.sha256.trim_end();
    if !DICTIONARIES.iter().all(genuine) {
        return None;
    }
    let current = DICTIONARIES.iter().find(|d| d.number == CURRENT)?;
    let decoder = |d: &Dictionary| Some((d.number, DecoderDictionary::try_copy(d.bytes).ok()?));
    Some(Prepared {
        encoder: EncoderDictionary::try_copy(current.bytes, LEVEL).ok()?,
        decoders: DICTIONARIES.iter().map(decoder).collect::<Option<_>>()?,
    })
}

fn prepared() -> Result<&'static Prepared, RecordsFault> {
    PREPARED.as_ref().ok_or_else(|| RecordsFault::corrupt("this build holds another dictionary than it should"))
}

/// Packs an encoded record.
///
/// # Errors
/// [`RecordsFault::TooLong`].
pub fn pack(record: &[u8]) -> Result<Vec<u8>, RecordsFault> {
    if record.len() > MAX_RECORD {
        return Err(RecordsFault::TooLong(record.len()));
    }
    let mut value = Vec::with_capacity(1 + zstd::compress_bound(record.len()));
    PACKER.with_borrow_mut(|packer| {
        let packer = match packer {
            Some(packer) => packer,
            None => packer.insert(new_packer()?),
        };
        packer.compress_to_buffer(record, &mut value).map_err(RecordsFault::Io)
    })?;
    if value.len() >= record.len() {
        value.clear();
        value.push(PLAIN);
        value.extend_from_slice(record);
    } else {
        value.insert(0, CURRENT);
    }
    value.shrink_to_fit();
    Ok(value)
}

fn new_packer() -> Result<Compressor<'static>, RecordsFault> {
    let mut packer = Compressor::with_prepared_dictionary(&prepared()?.encoder)?;
    // The value's first byte names the dictionary, and the head's digest is the checksum.
    packer.include_dictid(false)?;
    packer.include_checksum(false)?;
    Ok(packer)
}

/// Unpacks a value into `out`, in place of what it held. Reads anything without panicking, and
/// never makes more than [`MAX_RECORD`] bytes of it.
///
/// # Errors
/// [`RecordsFault::Corrupt`].
pub fn unpack(value: &[u8], out: &mut Vec<u8>) -> Result<(), RecordsFault> {
    out.clear();
    match value.split_first() {
        Some((&PLAIN, record)) if record.len() <= MAX_RECORD => {
            out.extend_from_slice(record);
            Ok(())
        }
        Some((&number, frame)) if number != PLAIN => unpack_frame(number, frame, out),
        _ => Err(RecordsFault::corrupt("a value of impossible length")),
    }
}

fn unpack_frame(number: u8, frame: &[u8], out: &mut Vec<u8>) -> Result<(), RecordsFault> {
    let length = match zstd::zstd_safe::get_frame_content_size(frame) {
        Ok(Some(length)) if length <= MAX_RECORD as u64 => length as usize,
        _ => return Err(RecordsFault::corrupt("a value without a sensible length")),
    };
    out.reserve(length);
    UNPACKERS.with_borrow_mut(|unpackers| {
        let unpacker = match unpackers.iter().position(|(n, _)| *n == number) {
            Some(at) => &mut unpackers[at].1,
            None => {
                unpackers.push((number, new_unpacker(number)?));
                &mut unpackers.last_mut().ok_or_else(|| RecordsFault::corrupt("no unpacker"))?.1
            }
        };
        match unpacker.decompress_to_buffer(frame, out) {
            Ok(written) if written == length => Ok(()),
            _ => Err(RecordsFault::corrupt("a value that does not unpack")),
        }
    })
}

fn new_unpacker(number: u8) -> Result<Decompressor<'static>, RecordsFault> {
    let decoder = prepared()?.decoders.iter().find(|(n, _)| *n == number);
    let (_, decoder) = decoder.ok_or_else(|| RecordsFault::corrupt("a dictionary that this version lacks"))?;
    Ok(Decompressor::with_prepared_dictionary(decoder)?)
}
