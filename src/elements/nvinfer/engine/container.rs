//! Is a file whole? A walk over an ONNX file's outermost fields.
//!
//! rten 0.27 takes forever over some broken files, so what is cut short or no model at all has to be
//! found before. ONNX is a protobuf message `ModelProto` (onnx.proto): fields of a key, which is the number
//! shifted left by 3 and the wire type, and a value; field 7 is the graph.

const GRAPH: u64 = 7;

/// Says what is wrong with `bytes` as an ONNX file, as far as its outermost fields show.
pub(super) fn check(mut bytes: &[u8]) -> Result<(), &'static str> {
    const CUT: &str = "it ends in the middle of a field; it is cut short or not ONNX";
    let mut has_graph = false;
    while !bytes.is_empty() {
        let key = varint(&mut bytes).ok_or(CUT)?;
        let (number, wire_type) = (key >> 3, key & 7);
        // ModelProto's numbers end at 25; garbage rarely stays below.
        if number == 0 || number > 64 {
            return Err("it has a field that ONNX does not know");
        }
        let length = match wire_type {
            0 => varint(&mut bytes).map(|_| 0),
            1 => Some(8),
            2 => varint(&mut bytes),
            5 => Some(4),
            _ => return Err("it has a field that is not protobuf"),
        };
        let length = length.and_then(|length| usize::try_from(length).ok()).ok_or(CUT)?;
        bytes = bytes.get(length..).ok_or(CUT)?;
        has_graph |= number == GRAPH && wire_type == 2 && length > 0;
    }
    if has_graph { Ok(()) } else { Err("it has no graph") }
}

/// Takes a base-128 number off the front.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7F) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn whole_files_pass_and_pieces_do_not() {
        // ir_version 8, a graph of three bytes, a fixed64 and a fixed32 that a later version may add.
        let whole = [8, 8, 0x3A, 3, 1, 2, 3, 0xD1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0xDD, 1, 1, 2, 3, 4];
        assert_eq!(check(&whole), Ok(()));
        let ends = [0, 2, 7, 17, whole.len()];
        for length in 0..whole.len() {
            let between = ends.contains(&length) && length >= 7;
            assert_eq!(check(&whole[..length]).is_ok(), between, "{length} bytes");
        }
        assert!(check(&[0xFF; 300]).is_err() && check(b"this is not a model").is_err());
        assert!(check(&[0x3B]).is_err(), "wire type 3");
        assert!(check(&[0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]).is_err());
    }
}
